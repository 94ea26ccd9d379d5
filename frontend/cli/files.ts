/*
 * Reading programs and writing modules. Every failure is a coded message; nothing is half written.
 */
import { fstatSync, openSync, closeSync, readFileSync, readSync, readdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { MAX_INPUT, TOO_LARGE } from '../embed/disk.js';
import { joinPath } from '../project.js';
import { ioReason } from '../embed/io-reason.js';
import { CommandError, EXIT } from './command-error.js';
import { STDOUT, write } from './terminal.js';

const CHUNK = 64 * 1024;

export interface Input {
  /** As diagnostics name it. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Reads a file, or standard input for `-`. Throws CommandError E8001. */
export function readInput(operand: string): Input {
  if (operand === '-') return { path: '<标准输入>', bytes: readStandardInput() };
  const refuse = (原因: ReturnType<typeof ioReason>): never => {
    throw new CommandError('E8001', { 路径: operand, 原因 });
  };
  try {
    const fd = openSync(operand, 'r');
    try {
      const stat = fstatSync(fd);
      if (stat.isDirectory()) refuse(ioReason({ code: 'EISDIR' }));
      if (stat.size > MAX_INPUT) refuse(TOO_LARGE);
      return { path: operand, bytes: stat.isFile() ? readFileSync(fd) : readAll(fd, operand) };
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (error instanceof CommandError) throw error;
    return refuse(ioReason(error));
  }
}

export function isFolder(operand: string): boolean {
  return statSync(operand, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The .qi files in a folder and below, sorted; what others wrote (qi_packages) and hidden folders are left out. */
export function programsIn(folder: string): string[] {
  const files: string[] = [];
  const visit = (path: string): void => {
    let entries;
    try {
      entries = readdirSync(path, { withFileTypes: true });
    } catch (error) {
      throw new CommandError('E8001', { 路径: path, 原因: ioReason(error) });
    }
    for (const entry of entries) {
      const inner = joinPath(path, entry.name);
      if (entry.isDirectory()) {
        if (!entry.name.startsWith('.') && entry.name !== 'qi_packages' && entry.name !== 'node_modules') visit(inner);
      } else if (entry.name.endsWith('.qi')) files.push(inner);
    }
  };
  visit(joinPath(folder));
  return files.sort();
}

function readStandardInput(): Uint8Array {
  try {
    return readAll(0, '-');
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError('E8001', { 路径: '-', 原因: ioReason(error) });
  }
}

/** Reads a pipe, terminal or device to its end, but not for ever. */
function readAll(fd: number, name: string): Uint8Array {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let count: number;
    try {
      count = readSync(fd, chunk);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EOF') break;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      continue;
    }
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    size += count;
    if (size > MAX_INPUT) throw new CommandError('E8001', { 路径: name, 原因: TOO_LARGE });
  }
  return Buffer.concat(chunks, size);
}

/**
 * Writes a module: to a neighbour first, then renamed, so that a full disk leaves the old file. `-` is standard
 * output. Refuses to overwrite the source. False when the reader of standard output went away. Throws CommandError
 * E8002 or E9001.
 */
export function writeOutput(output: string, bytes: Uint8Array, source: string): boolean {
  if (output === '-') return write(STDOUT, bytes);
  if (source !== '-' && sameFile(output, source)) {
    throw new CommandError('E9001', { 说明: { zh: '输出会覆盖源文件', en: 'the output would overwrite the source' } }, EXIT.usage);
  }
  const temporary = `${output}.${process.pid}.tmp`;
  try {
    if (isSpecial(output)) {
      writeFileSync(output, bytes);
      return true;
    }
    writeFileSync(temporary, bytes);
    renameSync(temporary, output);
    return true;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new CommandError('E8002', { 路径: output, 原因: ioReason(error) });
  }
}

function sameFile(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false;
  }
}

/** A device or pipe, such as /dev/null: written in place, never replaced by a file. */
function isSpecial(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === false;
}
