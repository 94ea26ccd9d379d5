/**
 * Tells programs from the files they import: a folder with a 主.qi is one program, everything else in it and below
 * belongs to that; any other .qi file is a program of its own.
 */
import path from 'node:path';

const MAIN = '主.qi';

/** The programs among files, in their order. */
export function programsAmong(files: readonly string[]): string[] {
  const folders = new Set(files.filter((name) => path.basename(name).normalize('NFC') === MAIN).map((name) => path.dirname(name)));
  const isHelper = (name: string): boolean => {
    let folder = path.dirname(name);
    if (path.basename(name).normalize('NFC') === MAIN) folder = path.dirname(folder);
    for (; folder !== '.' && folder !== path.dirname(folder); folder = path.dirname(folder)) if (folders.has(folder)) return true;
    return false;
  };
  return files.filter((name) => !isHelper(name));
}
