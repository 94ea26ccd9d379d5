/**
 * A program of several files, as the phases after parsing see it, and the host that gives the files.
 *
 * Invariants: paths are texts with `/` between their parts; only the host knows what they mean on this machine, so the
 * phases stay pure. A package is the set of files that see each other's top-level names: all files of one folder that
 * declare the same 包, or one file without that declaration.
 *
 * Rejected: absolute paths everywhere (diagnostics and traces would differ between machines), and asynchronous hosts
 * (a compiler that waits for one file at a time gains nothing from them).
 */
import type { ImportDecl, SourceUnit } from './ast.js';
import type { Localized } from './diagnostics.js';

/** Where source files come from. */
export interface Host {
  /** The bytes of a file; undefined when there is none. Throws ReadFault when there is one that cannot be read. */
  read(path: string): Uint8Array | undefined;
  /** Names of the files and folders in a folder; none when there is no such folder. */
  list(folder: string): readonly string[];
  /** The folder a folder lies in; undefined for the outermost. */
  parent(folder: string): string | undefined;
  /** One text for all paths of the same file, through links and whatever case the file system ignores. */
  identify(path: string): string;
  /** The text of bytes that are UTF-8, a byte order mark included, and undefined for others: from a host that is faster at it than TextDecoder. */
  readonly decode?: Decode;
}

export type Decode = (bytes: Uint8Array) => string | undefined;

/** A file exists but cannot be read. */
export class ReadFault extends Error {
  constructor(readonly reason: Localized) {
    super(reason.en);
  }
}

/** A host without files: a program of one file. */
export const NO_FILES: Host = {
  read: () => undefined,
  list: () => [],
  parent: () => undefined,
  identify: (path) => path,
};

/** A host that serves texts from memory, for tools and tests. Keys are paths. */
export function memoryHost(files: Readonly<Record<string, string>>): Host {
  const encoder = new TextEncoder();
  const paths = Object.keys(files);
  return {
    read: (path) => (Object.hasOwn(files, path) ? encoder.encode(files[path]) : undefined),
    list: (folder) => {
      const prefix = folder === '' || folder === '.' ? '' : `${folder}/`;
      return [...new Set(paths.filter((p) => p.startsWith(prefix)).map((p) => p.slice(prefix.length).split('/')[0]!))];
    },
    parent: (folder) => (folder === '' || folder === '.' ? undefined : folderOf(folder)),
    identify: (path) => path,
  };
}

/** The folder part of a path; `.` for a bare name. */
export function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : path.slice(0, at);
}

/** A path below a folder, without `.` and with `..` taken back where that is possible. */
export function joinPath(folder: string, ...parts: readonly string[]): string {
  const out: string[] = [];
  const whole = [folder, ...parts].join('/');
  for (const part of whole.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && folder.startsWith('/') && out.length === 0) continue;
    if (part === '..' && out.length > 0 && out.at(-1) !== '..') out.pop();
    else out.push(part);
  }
  const path = out.join('/');
  return folder.startsWith('/') ? `/${path}` : path === '' ? '.' : path;
}

export interface Package {
  /** As diagnostics name it: what 包 declares, or the name of the file. */
  readonly name: string;
  /** `标准库.数学` for a module of the library, whose functions natives.def lists; undefined for the user's packages. */
  readonly library: string | undefined;
  /** The files of it that belong to the program. */
  readonly units: readonly SourceUnit[];
}

export interface Project {
  /** The file that was named: its 入口 is the program's. Undefined when there is none. */
  readonly entry: SourceUnit | undefined;
  /** Every file; those a file imports stand before it, except in a circle. */
  readonly units: readonly SourceUnit[];
  readonly packages: ReadonlyMap<SourceUnit, Package>;
  /** What the imports mean; one that failed is absent and was reported. */
  readonly imports: ReadonlyMap<ImportDecl, Package>;
}

/** A project of files that form one package and import nothing. The last is the entry. */
export function onePackage(units: readonly SourceUnit[]): Project {
  const pack: Package = { name: '主程序', library: undefined, units };
  return { entry: units.at(-1), units, packages: new Map(units.map((u) => [u, pack])), imports: new Map() };
}

/** Functions of the language that are written in Qi, with the module of the library each is in: programs see them without 导入. */
export const IMPLICIT_MODULES: ReadonlyMap<string, string> = new Map(
  ['全部', '任一', '竞速', '带超时', '并行'].map((name) => [name, '标准库.并发']),
);
