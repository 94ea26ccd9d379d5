/*
 * Commands about a program that is running: `qi 转储` prints all its tasks, `qi 监视` shows how it is doing.
 *
 * How: this process listens in a folder only its user may enter, and sends the program SIGQUIT; the program connects (vm/base/peer.h is the other
 * side). SIGQUIT would end a program that is not ready for it, so it is sent only to one that has Qi's thread for signals.
 *
 * Rejected: asking by the signal alone and reading files the program writes; they may be half written, and somebody has to remove them.
 */
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Language } from '../diagnostics.js';
import { CommandError, EXIT } from './command-error.js';
import type { Options } from './options.js';
import { Monitor, parseStats } from './monitor.js';
import { STDOUT, write } from './terminal.js';

/** The program answers at its next safepoint: at once, unless it is inside a native that computes. */
const PATIENCE_MS = 5000;
const PERIOD_MS = 1000;

const me = (): number => process.geteuid?.() ?? -1;

const cannot = (process: string, zh: string, en: string): CommandError => new CommandError('E9014', { 进程: process, 原因: { zh, en } });

/** The number of a process that runs a Qi program and is ours. */
function processOf(operand: string): number {
  const pid = /^[1-9][0-9]{0,9}$/.test(operand) ? Number(operand) : NaN;
  if (Number.isNaN(pid)) throw new CommandError('E9001', { 说明: { zh: `进程号应当是正整数，得到 ${operand}`, en: `a process is named by its number, found ${operand}` } }, EXIT.usage);
  const folder = `/proc/${pid}`;
  if (!existsSync(folder)) throw cannot(operand, '没有这个进程', 'there is no such process');
  if (statSync(folder).uid !== me()) throw cannot(operand, '它属于别的用户', 'it belongs to another user');
  if (!isQi(folder)) throw cannot(operand, '它没有在运行 Qi 程序', 'it does not run a Qi program');
  return pid;
}

function isQi(folder: string): boolean {
  try {
    return readdirSync(join(folder, 'task')).some((task) => readFileSync(join(folder, 'task', task, 'comm'), 'utf8') === 'qi-control\n');
  } catch {
    return false; // it ended meanwhile
  }
}

/** The folder where programs of this user find who asks. */
function meetingPlace(operand: string): string {
  const folder = `/tmp/qi-${me()}`;
  try {
    mkdirSync(folder, { mode: 0o700 });
    chmodSync(folder, 0o700);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cannot(operand, `无法建立 ${folder}`, `cannot make ${folder}`);
  }
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== me() || (found.mode & 0o077) !== 0) {
    throw cannot(operand, `${folder} 不是只属于自己的文件夹`, `${folder} is not a folder of this user alone`);
  }
  return folder;
}

/** Somebody who was killed left it behind, or somebody asks the same program at this moment. */
function isDead(path: string): Promise<boolean> {
  return new Promise((done) => {
    const probe = connect(path);
    probe.on('connect', () => {
      probe.destroy();
      done(false);
    });
    probe.on('error', () => done(true));
  });
}

/** A connection to the program. */
async function reach(operand: string): Promise<Socket> {
  const pid = processOf(operand);
  const path = join(meetingPlace(operand), `${pid}.sock`);
  if (existsSync(path)) {
    if (!(await isDead(path))) throw cannot(operand, '另一个命令正在问它', 'another command is asking it');
    rmSync(path, { force: true });
  }
  const server = createServer();
  try {
    return await new Promise<Socket>((done, fail) => {
      const late = setTimeout(() => fail(cannot(operand, '它没有回应', 'it does not answer')), PATIENCE_MS);
      server.once('connection', (socket) => {
        clearTimeout(late);
        done(socket);
      });
      server.once('error', (error) => {
        clearTimeout(late);
        fail(cannot(operand, error.message, error.message));
      });
      server.listen(path, () => {
        try {
          process.kill(pid, 'SIGQUIT');
        } catch {
          clearTimeout(late);
          fail(cannot(operand, '它结束了', 'it ended'));
        }
      });
    });
  } finally {
    server.close();
    rmSync(path, { force: true });
  }
}

/** Sends one request; the answer is everything up to the line `last` says is the last one. */
function answerOf(socket: Socket, request: string, operand: string, isWhole: (text: string) => boolean): Promise<string> {
  return new Promise((done, fail) => {
    let text = '';
    const late = setTimeout(() => end(cannot(operand, '它没有回应', 'it does not answer')), PATIENCE_MS);
    const onData = (part: string): void => {
      text += part;
      if (isWhole(text)) end();
    };
    const onClose = (): void => end(cannot(operand, '它结束了', 'it ended'));
    function end(error?: Error): void {
      clearTimeout(late);
      socket.off('data', onData).off('close', onClose);
      if (error === undefined) done(text);
      else fail(error);
    }
    socket.setEncoding('utf8').on('data', onData).on('close', onClose);
    socket.on('error', () => undefined); // `close` follows
    socket.write(`${request}\n`);
  });
}

/** An answer ends with a line of nothing but a dot. */
const isWhole = (text: string): boolean => text.endsWith('\n.\n');
const withoutEnd = (text: string): string => text.slice(0, -2);

const words = (language: Language, json: boolean): string => `${json ? 'json' : 'text'} ${language}`;

/** `qi 转储` */
export async function dump(operand: string, { language, json }: Options): Promise<number> {
  const socket = await reach(operand);
  try {
    const text = await answerOf(socket, `dump ${words(language, json)}`, operand, isWhole);
    return write(STDOUT, withoutEnd(text)) ? EXIT.ok : EXIT.failed;
  } finally {
    socket.destroy();
  }
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** `qi 监视`: until the program ends, or nobody reads any more. */
export async function watch(operand: string, { language, json }: Options): Promise<number> {
  const socket = await reach(operand);
  const monitor = new Monitor(language, !json && process.stdout.isTTY === true);
  try {
    for (;;) {
      const line = withoutEnd(await answerOf(socket, `stats ${words(language, json)}`, operand, isWhole));
      if (!write(STDOUT, json ? line : monitor.show(parseStats(line), performance.now()))) return EXIT.failed;
      await pause(PERIOD_MS);
      if (socket.destroyed || socket.readableEnded) return EXIT.ok;
    }
  } catch (error) {
    // What was watched is over: nothing went wrong.
    if (monitor.shown > 0 && !existsSync(`/proc/${operand}`)) return EXIT.ok;
    throw error;
  } finally {
    socket.destroy();
  }
}
