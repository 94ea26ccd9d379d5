/*
 * Reading programs and writing modules. Every failure is a coded message; nothing is half written.
 */
import { fstatSync, openSync, closeSync, readFileSync, readSync, readdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { MAX_SOURCE, TOO_LARGE } from '../embed/disk.js';
import type { Localized } from '../diagnostics.js';
import { joinPath } from '../project.js';
import { ioReason } from '../embed/io-reason.js';
import { CommandError, EXIT } from './command-error.js';
import { STDOUT, write } from './terminal.js';

const CHUNK = 64 * 1024;

/** A module is larger than its source can be, but not this large. */
const MAX_MODULE = 256 * 1024 * 1024;
const MODULE_TOO_LARGE = { zh: '字节码超过 256 MiB', en: 'the module is larger than 256 MiB' };

const MAGIC = [0x51, 0x49, 0x43, 0x31];

export interface Input {
  /** As diagnostics name it. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A module by its first bytes, or by its name when it is too short to have them. */
export function isModule(path: string, bytes: Uint8Array): boolean {
  return extname(path) === '.qic' || MAGIC.every((byte, i) => bytes[i] === byte);
}

/** Why so many bytes are too many for what begins like this; undefined when they are not. */
function tooLarge(path: string, head: Uint8Array, size: number): Localized | undefined {
  if (size <= MAX_SOURCE) return undefined;
  if (!isModule(path, head)) return TOO_LARGE;
  return size <= MAX_MODULE ? undefined : MODULE_TOO_LARGE;
}

/** Reads a file, or standard input for `-`. Throws CommandError E8001. */
export function readInput(operand: string): Input {
  if (operand === '-') return { path: '<标准输入>', bytes: readStandardInput() };
  const refuse = (原因: Localized): never => {
    throw new CommandError('E8001', { 路径: operand, 原因 });
  };
  try {
    const fd = openSync(operand, 'r');
    try {
      const stat = fstatSync(fd);
      if (stat.isDirectory()) refuse(ioReason({ code: 'EISDIR' }));
      if (!stat.isFile()) return { path: operand, bytes: readAll(fd, operand) };
      const head = Buffer.alloc(MAGIC.length);
      if (stat.size > MAX_SOURCE) readSync(fd, head, 0, head.length, 0);
      const reason = tooLarge(operand, head, stat.size);
      return reason === undefined ? { path: operand, bytes: readFileSync(fd) } : refuse(reason);
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

/** The .qi files in a folder and below, sorted; what others wrote (qi_packages) and hidden folders are left out. Throws E9009 when there is none. */
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
  if (files.length === 0) throw new CommandError('E9009', { 路径: folder });
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
    const reason = tooLarge(name, chunks[0] ?? chunk, size);
    if (reason !== undefined) throw new CommandError('E8001', { 路径: name, 原因: reason });
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
