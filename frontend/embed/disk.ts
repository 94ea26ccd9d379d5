/*
 * The files of this machine as a Host: what the command and the library give the compiler for imports.
 *
 * Paths stay as the user wrote them, relative ones relative to the working directory, so that diagnostics and traces read
 * the same on every machine. Folders are listed once in a compilation: many imports ask for the same one.
 */
import { isUtf8, transcode } from 'node:buffer';
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { ReadFault, joinPath, type Decode, type Host } from '../project.js';
import { ioReason } from './io-reason.js';

/** Chinese text is decoded ten times faster by way of UTF-16, which only a Node with ICU offers. */
const decode: Decode | undefined = process.versions['icu'] === undefined ? undefined
  : (bytes) => (isUtf8(bytes) ? transcode(bytes, 'utf8', 'ucs2').toString('ucs2') : undefined);

/** Larger sources are refused: ordinary code of that size takes 1.5 GB and 17 s to compile. */
export const MAX_SOURCE = 16 * 1024 * 1024;
export const TOO_LARGE = { zh: '程序文件超过 16 MiB', en: 'the source is larger than 16 MiB' };

/**
 * A host for one compilation. Relative paths count from `base`, the working directory unless given. `admit` is called with the
 * size of each file before it is read, and may throw.
 */
export function diskHost(base = '.', admit: (size: number) => void = () => {}): Host {
  const actual = (path: string): string => resolve(base, path);
  const listed = new Map<string, readonly string[]>();
  const identified = new Map<string, string>();
  return {
    ...(decode === undefined ? {} : { decode }),
    read(path) {
      let fd: number;
      try {
        fd = openSync(actual(path), 'r');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw new ReadFault(ioReason(error));
      }
      try {
        const stat = fstatSync(fd);
        if (stat.size > MAX_SOURCE) throw new ReadFault(TOO_LARGE);
        admit(stat.size);
        return readFileSync(fd);
      } catch (error) {
        if (!(error instanceof Error) || error instanceof ReadFault) throw error;
        throw new ReadFault(ioReason(error));
      } finally {
        closeSync(fd);
      }
    },
    list(folder) {
      let names = listed.get(folder);
      if (names === undefined) {
        try {
          names = readdirSync(actual(folder));
        } catch {
          names = [];
        }
        listed.set(folder, names);
      }
      return names;
    },
    parent(folder) {
      const up = joinPath(folder, '..');
      return actual(up) === actual(folder) ? undefined : up;
    },
    identify(path) {
      let key = identified.get(path);
      if (key === undefined) {
        try {
          key = realpathSync.native(actual(path));
        } catch {
          key = actual(path);
        }
        identified.set(path, key);
      }
      return key;
    },
  };
}
