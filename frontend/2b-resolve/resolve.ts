/**
 * resolve.ts — from the entry file to the files of the program (LANGUAGE §4).
 *
 * Starting with the entry, follows every 导入 and pulls in sibling files of the same 包 that define a name which is used
 * and missing. The result is closed: whatever a file needs is there or was reported. Pure: files come from a Host.
 *
 * Invariants: a file is read and parsed once, whatever paths lead to it; a sibling that is not pulled in has no effect,
 * not even its syntax errors; nothing here recurses over files, so chains of imports may be of any length.
 *
 * Rejected: giving every file of the folder to the package, as Go does. Scripts lie beside each other in one folder and
 * often all say 包 主程序.
 */
import type * as ast from '../ast.js';
import { diagnostic, type Diagnostic, type Localized, type Reporter } from '../diagnostics.js';
import { decodeSource } from '../1-lex/decode.js';
import { parse, withoutTests } from '../2-parse/parse.js';
import { LIBRARY } from '../generated/library.js';
import { foreignModule } from '../nearest.js';
import { IMPLICIT_MODULES, ReadFault, folderOf, joinPath, type Host, type Package, type Project } from '../project.js';
import { locate, writtenPath } from './locate.js';
import { methodsOf, needsOf, topLevelNames, type MethodOf, type Needs } from './names.js';

interface OpenPackage extends Package {
  readonly units: ast.SourceUnit[];
  readonly folder: string;
  /** False for a file without 包 and for the library: nothing beside it belongs to the package. */
  readonly hasSiblings: boolean;
  readonly defined: Set<string>;
  /** Methods, as `类型.方法`, `类型<整数>.方法` for one instance only, and `类型<>.方法` for any. */
  readonly methods: Set<string>;
  /** Names wanted and not looked for yet, with the file that wants them. */
  readonly wanted: Map<string, ast.SourceUnit>;
  readonly members: Map<string, ast.SourceUnit>;
  siblings: Sibling[] | undefined;
}

interface Sibling {
  readonly unit: ast.SourceUnit;
  readonly key: string;
  readonly names: ReadonlySet<string>;
  readonly methods: readonly MethodOf[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * All files of the program that `entry` begins. `isBuiltin` tells the names that exist without any file: they are
 * never missing. Reports E4001, E8001 and the syntax errors of the files it reads.
 */
export function resolve(entry: ast.SourceUnit, host: Host, isBuiltin: (name: string) => boolean, report: Reporter): Project {
  return new Resolver(host, isBuiltin, report).run(entry);
}

class Resolver {
  readonly #host: Host;
  readonly #isBuiltin: (name: string) => boolean;
  readonly #report: Reporter;
  readonly #byFile = new Map<string, ast.SourceUnit>();
  readonly #byPackage = new Map<string, OpenPackage>();
  readonly #packages = new Map<ast.SourceUnit, OpenPackage>();
  readonly #imports = new Map<ast.ImportDecl, OpenPackage>();
  /** What each file must come after: the files it imports or pulled in. */
  readonly #before = new Map<ast.SourceUnit, ast.SourceUnit[]>();
  readonly #queue: ast.SourceUnit[] = [];

  constructor(host: Host, isBuiltin: (name: string) => boolean, report: Reporter) {
    this.#host = host;
    this.#isBuiltin = isBuiltin;
    this.#report = report;
  }

  run(entry: ast.SourceUnit): Project {
    this.#enter(entry, this.#host.identify(entry.file.path), entry.file.path);
    do {
      for (let unit = this.#queue.pop(); unit !== undefined; unit = this.#queue.pop()) this.#follow(unit);
      for (const pack of this.#byPackage.values()) this.#pullIn(pack);
    } while (this.#queue.length > 0);
    return { entry, units: this.#inOrder(entry), packages: this.#packages, imports: this.#imports };
  }

  /** Makes a parsed file part of the program. */
  #enter(unit: ast.SourceUnit, key: string, path: string, library?: string): OpenPackage {
    const declared = unit.package?.path.map((n) => n.text).join('.');
    const folder = folderOf(path);
    const id = library ?? (declared === undefined ? `file ${key}` : `${this.#host.identify(folder)} ${declared}`);
    const pack = this.#package(id, library ?? declared ?? baseName(path).replace(/\.qi$/, ''), folder, library, library === undefined && declared !== undefined);
    this.#byFile.set(key, unit);
    this.#packages.set(unit, pack);
    this.#before.set(unit, []);
    pack.units.push(unit);
    for (const name of topLevelNames(unit).keys()) pack.defined.add(name);
    for (const { type, instance, method } of methodsOf(unit)) pack.methods.add(`${type}${instance}.${method}`).add(`${type}<>.${method}`);
    this.#queue.push(unit);
    return pack;
  }

  #package(id: string, name: string, folder: string, library: string | undefined, hasSiblings: boolean): OpenPackage {
    let pack = this.#byPackage.get(id);
    if (pack === undefined) {
      pack = {
        name, library, folder, hasSiblings, units: [], defined: new Set(), methods: new Set(), wanted: new Map(), members: new Map(), siblings: undefined,
      };
      this.#byPackage.set(id, pack);
    }
    return pack;
  }

  /** Follows the imports of a file and notes what it wants from its siblings and from what it imports. */
  #follow(unit: ast.SourceUnit): void {
    const pack = this.#packages.get(unit)!;
    const bound = new Map<string, OpenPackage>();
    const needs = needsOf(unit);
    for (const i of unit.imports) {
      const target = this.#load(i, unit);
      for (const item of i.items ?? []) {
        bound.delete((item.alias ?? item.name).text);
        needs.free.delete((item.alias ?? item.name).text);
        if (target !== undefined) want(target.wanted, item.name.text, unit);
      }
      const name = i.items === undefined ? (i.alias ?? i.path.segments.at(-1))?.text : undefined;
      if (name !== undefined && target !== undefined) bound.set(name, target);
      if (target === undefined) continue;
      this.#imports.set(i, target);
    }
    if (pack.library === undefined) {
      for (const name of needs.free) {
        const module = IMPLICIT_MODULES.get(name);
        if (module !== undefined) this.#library(module, unit);
      }
    }
    this.#note(pack, unit, needs, bound);
  }

  #note(pack: OpenPackage, unit: ast.SourceUnit, needs: Needs, bound: ReadonlyMap<string, OpenPackage>): void {
    for (const { base, name } of needs.members) {
      const target = base === undefined ? undefined : bound.get(base);
      if (target !== undefined) want(target.wanted, name, unit);
      if (pack.hasSiblings) want(pack.members, name, unit);
    }
    if (!pack.hasSiblings) return;
    for (const name of needs.free) if (!bound.has(name) && !this.#isBuiltin(name)) want(pack.wanted, name, unit);
  }

  /** The package an import means, its file read; undefined after an error. */
  #load(i: ast.ImportDecl, from: ast.SourceUnit): OpenPackage | undefined {
    if (i.path.segments.some((s) => s.text === '')) return undefined;
    const found = locate(i.path, from.file.path, this.#host);
    const 模块 = writtenPath(i.path);
    switch (found.kind) {
      case 'later':
        this.#report(diagnostic('E2900', from.file, i.path.span, { 功能: { zh: `模块 ${模块}`, en: `module ${模块}` } }));
        return undefined;
      case 'missing':
        this.#report(diagnostic('E4001', from.file, i.path.span, { 模块 }, { hint: missingHint(found.nearest ?? moduleOf(i.path), found.folder) }));
        return undefined;
      case 'library': return this.#library(found.module, from);
      case 'file': {
        const key = this.#host.identify(found.path);
        let unit = this.#byFile.get(key);
        if (unit === undefined) {
          const bytes = this.#read(found.path, from, i.path.span);
          if (bytes === undefined) return undefined;
          unit = this.#parse(bytes, found.path, this.#report);
          this.#enter(unit, key, found.path);
        }
        this.#before.get(from)!.push(unit);
        return this.#packages.get(unit)!;
      }
    }
  }

  /** A module of the library, its file parsed when it is first wanted. */
  #library(module: string, from: ast.SourceUnit): OpenPackage {
    const source = LIBRARY[module];
    const known = this.#byPackage.get(module);
    if (source === undefined || known !== undefined) return known ?? this.#package(module, module, '', module, false);
    const unit = this.#parse(new TextEncoder().encode(source), `<${module}>`, this.#report);
    const pack = this.#enter(unit, module, module, module);
    this.#before.get(from)!.push(unit);
    return pack;
  }

  #read(path: string, from: ast.SourceUnit, span: ast.Span): Uint8Array | undefined {
    let 原因: Localized = { zh: '文件不见了', en: 'it is gone' };
    try {
      const bytes = this.#host.read(path);
      if (bytes !== undefined) return bytes;
    } catch (error) {
      if (!(error instanceof ReadFault)) throw error;
      原因 = error.reason;
    }
    this.#report(diagnostic('E8001', from.file, span, { 路径: path, 原因 }));
    return undefined;
  }

  #parse(bytes: Uint8Array, path: string, report: Reporter): ast.SourceUnit {
    return withoutTests(parse(decodeSource(bytes, path, report, this.#host.decode), report));
  }

  /** Adds the siblings that define what is wanted and missing. */
  #pullIn(pack: OpenPackage): void {
    if (!pack.hasSiblings) {
      pack.wanted.clear();
      return;
    }
    for (const [name, unit] of pack.wanted) {
      if (pack.defined.has(name)) continue;
      const sibling = this.#siblings(pack).find((s) => s.names.has(name));
      if (sibling !== undefined) this.#adopt(pack, sibling, unit);
    }
    pack.wanted.clear();
    // A method is missing when no file of the package gives the type, or that instance, one of that name, but a sibling does.
    if (pack.members.size === 0 || pack.defined.size === 0) return;
    for (const sibling of this.#siblings(pack)) {
      for (const { type, instance, method } of sibling.methods) {
        const unit = pack.members.get(method);
        if (unit === undefined || !pack.defined.has(type) || pack.methods.has(`${type}.${method}`) || pack.methods.has(`${type}${instance === '' ? '<>' : instance}.${method}`)) continue;
        this.#adopt(pack, sibling, unit);
        break;
      }
    }
  }

  #adopt(pack: OpenPackage, sibling: Sibling, wantedBy: ast.SourceUnit): void {
    const known = this.#byFile.get(sibling.key);
    if (known !== undefined) return;
    for (const d of sibling.diagnostics) this.#report(d);
    this.#enter(sibling.unit, sibling.key, joinPath(pack.folder, baseName(sibling.unit.file.path)));
    this.#before.get(wantedBy)!.push(sibling.unit);
  }

  /** The files of the same 包 in the folder that are not part of the program, in order of their names. */
  #siblings(pack: OpenPackage): readonly Sibling[] {
    pack.siblings ??= this.#findSiblings(pack);
    return pack.siblings;
  }

  #findSiblings(pack: OpenPackage): Sibling[] {
    const found: Sibling[] = [];
    for (const name of [...this.#host.list(pack.folder)].sort()) {
      if (!name.endsWith('.qi')) continue;
      const path = joinPath(pack.folder, name);
      const key = this.#host.identify(path);
      if (this.#byFile.has(key)) continue;
      const bytes = readable(this.#host, path);
      if (bytes === undefined) continue;
      const diagnostics: Diagnostic[] = [];
      const report = (d: Diagnostic): void => void diagnostics.push(d);
      const file = decodeSource(bytes, path, report, this.#host.decode);
      // Most files of a folder of scripts are told apart without parsing them.
      if (!file.text.includes('包')) continue;
      const unit = withoutTests(parse(file, report));
      if (unit.package?.path.map((n) => n.text).join('.') !== pack.name) continue;
      found.push({ unit, key, names: new Set(topLevelNames(unit).keys()), methods: methodsOf(unit), diagnostics });
    }
    return found;
  }

  /** Every file after those it imports, in the order of the imports; circles are entered where they are met first. */
  #inOrder(entry: ast.SourceUnit): ast.SourceUnit[] {
    const order: ast.SourceUnit[] = [];
    const seen = new Set<ast.SourceUnit>([entry]);
    const stack: { unit: ast.SourceUnit; next: number }[] = [{ unit: entry, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const before = this.#before.get(top.unit)!;
      if (top.next === before.length) {
        order.push(top.unit);
        stack.pop();
        continue;
      }
      const unit = before[top.next++]!;
      if (seen.has(unit)) continue;
      seen.add(unit);
      stack.push({ unit, next: 0 });
    }
    return order;
  }
}

function readable(host: Host, path: string): Uint8Array | undefined {
  try {
    return host.read(path);
  } catch (error) {
    if (error instanceof ReadFault) return undefined;
    throw error;
  }
}

function want(names: Map<string, ast.SourceUnit>, name: string, unit: ast.SourceUnit): void {
  if (!names.has(name)) names.set(name, unit);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `标准库.math`: the module as Qi names it. */
function moduleOf(path: ast.ImportPath): string | undefined {
  const name = path.segments.at(-1)!.text;
  const module = path.up === undefined ? foreignModule(name) : undefined;
  return module === undefined ? undefined : `标准库.${module}`;
}

function missingHint(near: string | undefined, folder: string | undefined): Localized | undefined {
  if (near !== undefined) return { zh: `你是不是想写 ${near}`, en: `did you mean ${near}?` };
  if (folder !== undefined) return { zh: `文件夹 ${folder} 里没有 ${folder}.qi`, en: `there is no ${folder}.qi in the folder ${folder}` };
  return undefined;
}
