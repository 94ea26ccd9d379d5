/**
 * library.ts — methods of built-in types that are written in Qi (natives/标准库/内置).
 *
 * A file of a type is read when a program first asks for a method that nothing else has, so a program
 * that uses none pays nothing. Its methods are generic functions like any others; only those that are
 * called become part of the program.
 *
 * Invariant: the library's files see the built-in names, their own and those of 标准库.内部, never the program's.
 */
import { parse } from '../2-parse/parse.js';
import { BUILTIN_METHODS } from '../generated/library.js';
import type { SourceUnit } from '../ast.js';
import { SourceFile } from '../source.js';
import type { Type } from '../types.js';
import type { Checker } from './body.js';
import { declareFunctions } from './declare.js';
import type { FunctionSymbol, TraitSymbol } from './scope.js';
import { makeTrait } from './traits.js';

/**
 * The files of each kind of type. 序列 is read once for 列表 and once for 数组, which takes the place of that word in it.
 * Of enums, only 结果 has one: the others are the program's.
 */
const FILES: Readonly<Partial<Record<Type['kind'], readonly string[]>>> = {
  string: ['字符串'], list: ['序列:列表', '列表'], array: ['序列:数组'], dict: ['字典'], set: ['集合'], range: ['范围'], option: ['选项'], enum: ['结果'],
};

export function libraryMethod(checker: Checker, kind: Type['kind'], name: string): FunctionSymbol | undefined {
  const { methods } = checker.extensionsOf(kind, true);
  for (const file of FILES[kind] ?? []) {
    load(checker, file);
    const found = methods.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Names of all such methods, for suggestions. */
export function libraryMethodNames(checker: Checker, kind: Type['kind']): Iterable<string> {
  for (const file of FILES[kind] ?? []) load(checker, file);
  return checker.extensionsOf(kind, true).methods.keys();
}

/** The language's own traits, by name. */
export function builtinTraits(checker: Checker): ReadonlyMap<string, TraitSymbol> {
  if (checker.builtinTraits.size === 0) {
    const unit = read(checker, '特性');
    for (const item of unit.items) if (item.kind === 'TraitDecl') checker.builtinTraits.set(item.name.text, makeTrait(checker, item, unit.file, true));
  }
  return checker.builtinTraits;
}

function load(checker: Checker, name: string): void {
  if (!checker.library.has(name)) declareFunctions(checker, read(checker, name), false);
}

function read(checker: Checker, name: string): SourceUnit {
  const [text, stands] = name.split(':');
  const source = BUILTIN_METHODS[text!]!;
  const file = new SourceFile(`<标准库>/${text}.qi`, stands === undefined ? source : source.replaceAll('序列<', `${stands}<`));
  checker.library.set(name, file);
  const unit = parse(file, (d) => {
    throw new Error(`${file.path}: ${d.code} at ${d.span.start}`);
  });
  checker.names.addFile(file);
  return unit;
}
