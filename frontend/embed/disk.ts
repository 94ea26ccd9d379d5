/*
 * The files of this machine as a Host: what the command and the library give the compiler for imports.
 *
 * Paths stay as the user wrote them, relative ones relative to the working directory, so that diagnostics and traces read
 * the same on every machine. Folders are listed once in a compilation: many imports ask for the same one.
 */
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { ReadFault, joinPath, type Host } from '../project.js';
import { ioReason } from './io-reason.js';

/** Larger files are refused: JavaScript strings end at half a gigabyte. */
export const MAX_INPUT = 256 * 1024 * 1024;
export const TOO_LARGE = { zh: '文件超过 256 MB', en: 'the file is larger than 256 MB' };

/** A host for one compilation. Relative paths count from `base`, the working directory unless given. */
export function diskHost(base = '.'): Host {
  const actual = (path: string): string => resolve(base, path);
  const listed = new Map<string, readonly string[]>();
  const identified = new Map<string, string>();
  return {
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
        if (stat.size > MAX_INPUT) throw new ReadFault(TOO_LARGE);
        return readFileSync(fd);
      } catch (error) {
        if (error instanceof ReadFault) throw error;
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
