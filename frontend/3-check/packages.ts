/**
 * packages.ts — the names of a program of several packages: what each file sees of its own package and of its imports.
 *
 * A name is looked for in the scopes around it, then among the imports of its file, then in its package, then among the
 * built-ins, and last in the modules imported whole: after `导入 工具`, `加(1, 2)` means `工具.加(1, 2)` when nothing
 * nearer is called 加. Being last, such a name can never change what another name means; two modules that both have it
 * are an error (E4005). A qualified name is one name with dots: `工具.加` is looked up as it stands, so what follows
 * treats it like any other.
 *
 * Visibility: 私有 is always hidden from other packages. In a file that marks a declaration 公开, only marked ones are
 * visible; a file without that word shows everything else.
 *
 * Invariant: lookups are lazy; nothing is copied from package to package, so circles need no order.
 * Rejected: rewriting qualified names in the syntax tree (only scopes know whether 工具 is a variable here).
 */
import type * as ast from '../ast.js';
import type { Localized } from '../diagnostics.js';
import { SourceFile } from '../source.js';
import type { Package, Project } from '../project.js';
import { moduleNatives } from './builtins.js';
import { isBuiltinName } from './builtin-names.js';
import { Scope, type FileView, type NativeSymbol, type Symbol } from './scope.js';
import { didYouMean, foreignFunction, nearest, write } from './suggest.js';

/** The module of what only the library may use. */
const INTERNAL = '标准库.内部';

/** A package and what it offers. */
export class PackageNames {
  readonly scope = new Scope(undefined, undefined);
  /** Names that other packages do not see. */
  readonly hidden = new Set<string>();
  /** What `公开 导入` passes on. */
  readonly passedOn: { readonly decl: ast.ImportDecl; readonly target: PackageNames }[] = [];
  readonly #natives = new Map<string, NativeSymbol>();

  constructor(readonly pack: Package) {
    for (const unit of pack.units) hideNames(unit, this.hidden);
    if (pack.library === undefined) return;
    const file = new SourceFile(`<${pack.library}>`, '');
    for (const [name, native] of moduleNatives(pack.library)) {
      this.#natives.set(name, { kind: 'native', name, native, span: { start: 0, end: 0 }, file });
    }
  }

  /** The symbol of a name for code of package `from`; `hidden` says that it exists but is private. */
  find(name: string, from: PackageNames, seen = new Set<PackageNames>()): { readonly symbol: Symbol; readonly hidden: boolean } | undefined {
    if (seen.has(this)) return undefined;
    seen.add(this);
    const own = this.scope.own(name) ?? this.#natives.get(name);
    if (own !== undefined && (from === this || !this.hidden.has(name))) return { symbol: own, hidden: false };
    for (const { decl, target } of this.passedOn) {
      const item = decl.items?.find((i) => (i.alias ?? i.name).text === name);
      if (decl.items !== undefined && item === undefined) continue;
      const found = target.find(item?.name.text ?? name, from, item === undefined ? seen : new Set());
      if (found !== undefined && !found.hidden) return found;
    }
    return own === undefined ? undefined : { symbol: own, hidden: true };
  }

  /** A module passed on under this name. */
  module(name: string): PackageNames | undefined {
    return this.passedOn.find(({ decl }) => decl.items === undefined && bindingOf(decl)?.text === name)?.target;
  }

  /** Names another package may use, for suggestions. */
  *visible(seen = new Set<PackageNames>()): Iterable<string> {
    if (seen.has(this)) return;
    seen.add(this);
    for (const name of this.scope.visible()) if (!this.hidden.has(name)) yield name;
    yield* this.#natives.keys();
    for (const { decl, target } of this.passedOn) {
      if (decl.items === undefined) yield* target.visible(seen);
      else for (const i of decl.items) yield (i.alias ?? i.name).text;
    }
  }
}

/** The name a whole import binds. */
export function bindingOf(decl: ast.ImportDecl): ast.Name | undefined {
  return decl.alias ?? decl.path.segments.at(-1);
}

function hideNames(unit: ast.SourceUnit, hidden: Set<string>): void {
  const declared: [string, ast.Visibility][] = [];
  for (const item of unit.items) {
    switch (item.kind) {
      case 'FunctionDecl':
        if (item.receiver === undefined) declared.push([item.name.text, item.visibility]);
        break;
      case 'StructDecl': case 'EnumDecl': case 'TraitDecl': case 'TypeAliasDecl':
        declared.push([item.name.text, item.visibility]);
        break;
      case 'VarDecl':
        for (const b of item.bindings) declared.push([b.name.text, item.visibility]);
        break;
      case 'AssignStmt':
        for (const t of item.targets) if (t.kind === 'NameExpr') declared.push([t.name, 'default']);
        break;
    }
  }
  const explicit = declared.some(([, visibility]) => visibility === 'public');
  for (const [name, visibility] of declared) {
    if (visibility === 'private' || (explicit && visibility === 'default')) hidden.add(name);
  }
}

/** An import of a file, for the warning about unused ones. */
interface Imported {
  readonly decl: ast.ImportDecl;
  readonly name: ast.Name;
  readonly target: PackageNames;
  used: boolean;
}

interface ImportedItem extends Imported {
  readonly member: string;
  readonly file: SourceFile;
  /** An error was reported about it: uses are silent. */
  broken: boolean;
}

/** What one file sees of its imports. */
export class FileNames implements FileView {
  /** Modules by the name they have here; also by their whole path. */
  readonly #modules = new Map<string, Imported>();
  /** First parts of whole paths: `标准库` of `标准库.数学`. */
  readonly #roots = new Set<string>();
  readonly #items = new Map<string, ImportedItem>();
  readonly #opened: Imported[] = [];
  readonly imports: Imported[] = [];

  constructor(readonly own: PackageNames, readonly file: SourceFile) {}

  /** Adds a whole import. Gives the earlier import of that name when it means something else. */
  addModule(decl: ast.ImportDecl, target: PackageNames): Imported | undefined {
    const name = bindingOf(decl);
    if (name === undefined) return undefined;
    const earlier = this.#modules.get(name.text);
    if (earlier !== undefined && earlier.target !== target) return earlier;
    const entry: Imported = earlier ?? { decl, name, target, used: decl.visibility === 'public' };
    if (earlier === undefined) this.imports.push(entry);
    this.#modules.set(name.text, entry);
    if (decl.alias !== undefined) return undefined;
    if (!this.#opened.some((o) => o.target === target)) this.#opened.push(entry);
    const parts = decl.path.segments.map((s) => s.text);
    if (decl.path.up === undefined && parts.length > 1) {
      this.#modules.set(parts.join('.'), entry);
      for (let n = 1; n < parts.length; n++) this.#roots.add(parts.slice(0, n).join('.'));
    }
    return undefined;
  }

  addItem(decl: ast.ImportDecl, item: ast.ImportItem, target: PackageNames): Imported | undefined {
    const name = item.alias ?? item.name;
    const earlier = this.#items.get(name.text);
    if (earlier !== undefined) return earlier.target === target && earlier.member === item.name.text ? undefined : earlier;
    const entry = { decl, name, target, member: item.name.text, used: decl.visibility === 'public', file: this.file, broken: false };
    this.imports.push(entry);
    this.#items.set(name.text, entry);
    return undefined;
  }

  /** Whether a selective import binds this name. */
  bindsItem(name: string): boolean {
    return this.#items.has(name);
  }

  /** Whether a selective import names this module, whose own name it does not bind. */
  selectsFrom(name: string): string | undefined {
    const item = this.imports.find((i) => i.decl.items !== undefined && i.decl.path.segments.at(-1)?.text === name);
    return item?.decl.path.segments.map((s) => s.text).join('.');
  }

  /** Says no more about an imported name. */
  giveUp(name: string): void {
    const item = this.#items.get(name);
    if (item !== undefined) item.broken = true;
  }

  /** Was this name meant by a misspelt one among the imports? */
  isMeantByBroken(name: string): boolean {
    for (const item of this.#items.values()) {
      if (item.broken && nearest(item.member, [name]) === name && item.target.find(name, this.own)?.hidden === false) return true;
    }
    return false;
  }

  /** Names of the modules imported whole, as they are written here. */
  moduleNames(): string[] {
    return this.imports.filter((i) => i.decl.items === undefined).map((i) => i.name.text);
  }

  isModule(name: string): boolean {
    return this.#roots.has(name) || this.#module(name) !== undefined;
  }

  #module(name: string): PackageNames | undefined {
    const direct = this.#modules.get(name);
    if (direct !== undefined) {
      direct.used = true;
      return direct.target;
    }
    const at = name.lastIndexOf('.');
    return at < 0 ? undefined : this.#module(name.slice(0, at))?.module(name.slice(at + 1));
  }

  imported(name: string): Symbol | undefined {
    const item = this.#items.get(name);
    if (item === undefined) return undefined;
    item.used = true;
    if (item.broken) return { kind: 'poison', span: item.name.span, file: item.file };
    const found = item.target.find(item.member, this.own);
    return found?.hidden === false ? found.symbol : undefined;
  }

  opened(name: string): Symbol | undefined {
    const at = name.lastIndexOf('.');
    if (at >= 0) {
      const found = this.#module(name.slice(0, at))?.find(name.slice(at + 1), this.own);
      return found?.hidden === false ? found.symbol : undefined;
    }
    // The half of a library module that is written in Qi sees the half that natives.def lists.
    const beside = this.own.pack.library === undefined ? undefined : this.own.find(name, this.own);
    if (beside !== undefined) return beside.symbol;
    if (this.#opened.length === 0 || isBuiltinName(name)) return undefined;
    const owners = this.#offering(name);
    if (owners.length !== 1) return undefined;
    owners[0]!.from.used = true;
    return owners[0]!.symbol;
  }

  /** The modules imported whole that have a name, one for each meaning. */
  #offering(name: string): { from: Imported; symbol: Symbol }[] {
    const found: { from: Imported; symbol: Symbol }[] = [];
    for (const from of this.#opened) {
      if (from.target === this.own) continue;
      const member = from.target.find(name, this.own);
      if (member !== undefined && !member.hidden && !found.some((f) => f.symbol === member.symbol)) found.push({ from, symbol: member.symbol });
    }
    return found;
  }

  /** Why a name is not found here, when imports have to do with it. */
  explain(name: string): Explanation | undefined {
    const at = name.lastIndexOf('.');
    if (at >= 0) {
      const module = this.#module(name.slice(0, at));
      return module === undefined ? undefined : this.explainMember(module, name.slice(at + 1));
    }
    if (this.#module(name) !== undefined || this.#roots.has(name)) return { code: 'E4006', args: { 名称: name }, hint: undefined, place: undefined };
    const owners = this.#offering(name);
    if (owners.length > 1) {
      const names = owners.map((o) => o.from.name.text);
      return { code: 'E4005', args: { 名称: name, 模块: names.join('、'), 例子: `${names[0]!}.${name}` }, hint: undefined, place: undefined };
    }
    for (const from of this.#opened) {
      const member = from.target.find(name, this.own);
      if (member?.hidden === true) return this.explainMember(from.target, name);
    }
    return undefined;
  }

  /** Why a module does not give a name to this file; undefined when it does. */
  explainMember(module: PackageNames, name: string): Explanation | undefined {
    const found = module.find(name, this.own);
    const 模块 = module.pack.name;
    if (found === undefined) {
      const known = [...module.visible()];
      const meant = foreignFunction(name, known);
      const near = meant ?? nearest(name, known);
      const hint = meant !== undefined ? write(meant) : near === undefined ? undefined : didYouMean(near);
      return { code: 'E4002', args: { 模块, 名称: name }, hint, place: undefined };
    }
    return found.hidden ? { code: 'E4003', args: { 模块, 名称: name }, hint: undefined, place: found.symbol } : undefined;
  }
}

/** A diagnostic about a name that imports do not give. */
export interface Explanation {
  readonly code: 'E4002' | 'E4003' | 'E4005' | 'E4006';
  readonly args: Readonly<Record<string, string>>;
  readonly hint: Localized | undefined;
  /** Where the private name is declared. */
  readonly place: Symbol | undefined;
}

/** The packages and files of a program, made once for a check. */
export class ProjectNames {
  readonly #packages = new Map<Package, PackageNames>();
  readonly #files = new Map<SourceFile, FileNames>();
  readonly #scopes = new Map<SourceFile, Scope>();

  constructor(project: Project) {
    for (const unit of project.units) {
      const own = this.#names(project.packages.get(unit)!);
      const file = new FileNames(own, unit.file);
      this.#files.set(unit.file, file);
      this.#scopes.set(unit.file, new Scope(own.scope, undefined, file));
      for (const decl of unit.imports) {
        const target = project.imports.get(decl);
        if (target === undefined || decl.visibility !== 'public') continue;
        own.passedOn.push({ decl, target: this.#names(target) });
      }
    }
  }

  /** A module of the library that is part of the program. */
  library(module: string): PackageNames | undefined {
    for (const [pack, names] of this.#packages) if (pack.library === module) return names;
    return undefined;
  }

  /** Whether a file is one of a module of the library. */
  isLibraryModule(file: SourceFile): boolean {
    return this.#files.get(file)?.own.pack.library !== undefined;
  }

  /** Adds a file of methods of built-in types: a package of its own that imports nothing and sees what the runtime has for the library. */
  addFile(file: SourceFile): void {
    const own = new PackageNames({ name: file.path, library: INTERNAL, units: [] });
    const names = new FileNames(own, file);
    this.#files.set(file, names);
    this.#scopes.set(file, new Scope(own.scope, undefined, names));
  }

  /** The package of an import's target. */
  target(pack: Package): PackageNames {
    return this.#names(pack);
  }

  #names(pack: Package): PackageNames {
    let names = this.#packages.get(pack);
    if (names === undefined) this.#packages.set(pack, (names = new PackageNames(pack)));
    return names;
  }

  packageOf(file: SourceFile): PackageNames {
    return this.#files.get(file)!.own;
  }

  fileOf(file: SourceFile): FileNames {
    return this.#files.get(file)!;
  }

  scopeOf(file: SourceFile): Scope {
    return this.#scopes.get(file)!;
  }
}
