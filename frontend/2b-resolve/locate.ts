/**
 * locate.ts — from the path of an 导入 to a file.
 *
 * Order: 标准库.* is built in; a relative path counts from the importing file's folder; any other is looked for beside
 * the importing file, then in qi_packages there and in every folder above. In each place `名.qi` comes before
 * `名/名.qi`. Names are compared after NFC, because some file systems store the decomposed form.
 */
import type { ImportPath } from '../ast.js';
import { LIBRARY } from '../generated/library.js';
import { NATIVES } from '../generated/natives.js';
import { folderOf, joinPath, type Host } from '../project.js';
import { nearest } from '../nearest.js';

const PACKAGES = 'qi_packages';

/** Names of the library's modules, without 标准库. */
export const LIBRARY_MODULES: ReadonlySet<string> = new Set(
  [...NATIVES.flatMap((n) => n.module ?? []), ...Object.keys(LIBRARY)].map((m) => m.slice('标准库.'.length)),
);

/** Modules of the library that later versions will have. */
export const LATER_MODULES: ReadonlySet<string> = new Set([
  '字符串', '数学', '集合', '时间', '随机', '格式', '正则', 'JSON', '编码', '加密', 'io', '网络', 'http', '进程', '日志', '测试', '运行时',
].filter((m) => !LIBRARY_MODULES.has(m)));

export type Located =
  | { readonly kind: 'library'; readonly module: string }
  | { readonly kind: 'later'; readonly module: string }
  | { readonly kind: 'file'; readonly path: string }
  /** `nearest` is an import that would work, `folder` one that exists without a file of its name. */
  | { readonly kind: 'missing'; readonly nearest: string | undefined; readonly folder: string | undefined };

/** How a program writes the path of an import. */
export function writtenPath(path: ImportPath): string {
  const names = path.segments.map((s) => s.text);
  if (path.up === undefined) return names.join('.');
  return (path.up === 0 ? './' : '../'.repeat(path.up)) + names.join('/');
}

/** The file or module an import means, seen from a file. */
export function locate(path: ImportPath, from: string, host: Host): Located {
  const names = path.segments.map((s) => s.text);
  const here = folderOf(from);
  if (path.up !== undefined) {
    const base = joinPath(here, ...new Array<string>(path.up).fill('..'));
    return fileIn(base, names, host) ?? missing(path, base, names, host);
  }
  if (names[0] === '标准库') {
    const module = names.slice(1).join('.');
    if (LIBRARY_MODULES.has(module)) return { kind: 'library', module: `标准库.${module}` };
    if (LATER_MODULES.has(module)) return { kind: 'later', module: `标准库.${module}` };
    const near = nearest(module, LIBRARY_MODULES);
    return { kind: 'missing', nearest: near === undefined ? undefined : `标准库.${near}`, folder: undefined };
  }
  const beside = fileIn(here, names, host);
  if (beside !== undefined) return beside;
  for (let folder: string | undefined = here; folder !== undefined; folder = host.parent(folder)) {
    const found = fileIn(joinPath(folder, PACKAGES), names, host);
    if (found !== undefined) return found;
  }
  return missing(path, here, names, host);
}

/** `甲/乙.qi`, else `甲/乙/乙.qi`. */
function fileIn(base: string, names: readonly string[], host: Host): Located | undefined {
  const last = names.at(-1)!;
  for (const parts of [[...names.slice(0, -1), `${last}.qi`], [...names, `${last}.qi`]]) {
    const path = existing(base, parts, host);
    if (path !== undefined) return { kind: 'file', path };
  }
  return undefined;
}

/** The path as the file system spells it; undefined when there is no such entry. */
function existing(base: string, parts: readonly string[], host: Host): string | undefined {
  let path = base;
  for (const part of parts) {
    const entry = host.list(path).find((name) => name.normalize('NFC') === part);
    if (entry === undefined) return undefined;
    path = joinPath(path, entry);
  }
  return path;
}

function missing(path: ImportPath, base: string, names: readonly string[], host: Host): Located {
  const parent = existing(base, names.slice(0, -1), host) ?? base;
  const last = names.at(-1)!;
  const entries = host.list(parent).map((name) => name.normalize('NFC'));
  const isFolder = entries.includes(last);
  if (isFolder) return { kind: 'missing', nearest: undefined, folder: last };
  if (path.up === undefined && names.length === 1 && LIBRARY_MODULES.has(last)) {
    return { kind: 'missing', nearest: `标准库.${last}`, folder: undefined };
  }
  const candidates = entries.filter((name) => name.endsWith('.qi') || !name.includes('.')).map((name) => name.replace(/\.qi$/, ''));
  let near = nearest(last, candidates);
  if (near !== undefined) {
    const others = path.segments.slice(0, -1).map((s) => s.text);
    const separator = path.up === undefined ? '.' : '/';
    const prefix = path.up === undefined ? '' : path.up === 0 ? './' : '../'.repeat(path.up);
    near = prefix + [...others, near].join(separator);
  }
  return { kind: 'missing', nearest: near, folder: undefined };
}
