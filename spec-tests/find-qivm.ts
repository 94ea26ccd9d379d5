/** Where the VM to test is: the binary of the last build, of whichever build system. */
import { statSync } from 'node:fs';
import path from 'node:path';

/** node-gyp and the development makefile, in that order. */
const BUILDS = ['build/Release/qivm', 'build/release/qivm'];

/**
 * The VM named by QIVM, else the most recently built one.
 *
 * @param root folder of the project
 * @returns its path, or `undefined` when nothing has been built
 */
export function findQivm(root: string): string | undefined {
  const named = process.env['QIVM'];
  if (named !== undefined) return path.resolve(named);
  let newest: { file: string; built: number } | undefined;
  for (const file of BUILDS.map((build) => path.join(root, build))) {
    const built = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (built !== undefined && (newest === undefined || built > newest.built)) newest = { file, built };
  }
  return newest?.file;
}
