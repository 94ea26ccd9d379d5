/**
 * undefined-name.ts — E3002 with the best hint: a keyword without its space, or a similar name.
 */
import type * as ast from '../ast.js';
import { keywordNames } from '../2-parse/english.js';
import type { Localized } from '../diagnostics.js';
import { LIBRARY } from '../generated/library.js';
import type * as hir from '../hir.js';
import { poison, type Body } from './body.js';
import { moduleOffering, nativeFunctionNames } from './builtins.js';
import { reportByImports } from './imports.js';
import { SPECIAL_NAMES } from './infer-builtin.js';
import type { Symbol } from './scope.js';
import { didYouMean, foreign, foreignFunctions, gluedKeyword, libraryOffering, MAX_SUGGESTIONS, nearest } from './suggest.js';

/** Reports an unknown name once per function: further uses of it are silent. */
export function reportUndefined(b: Body, name: string, span: ast.Span, use: 'value' | 'call'): hir.Expr {
  if (reportByImports(b.checker, b.file, name, span)) b.failed = true;
  else {
    const hint = hintFor(b, name, use);
    b.error('E3002', span, { 名称: name }, hint === undefined ? {} : { hint });
  }
  const silent: Symbol = { kind: 'poison', span, file: b.file };
  b.root.declare(name, silent);
  return poison(span);
}

function hintFor(b: Body, name: string, use: 'value' | 'call'): Localized | undefined {
  if (++b.checker.suggestions > MAX_SUGGESTIONS) return undefined;
  const module = use === 'call' ? offering(name) : undefined;
  if (module !== undefined) return { zh: `${name} 在 ${module} 里：先写 导入 ${module}`, en: `${name} is in ${module}: write 导入 ${module} first` };
  if (Object.hasOwn(LIBRARY, `标准库.${name}`)) return { zh: `${name} 是标准库的模块：先写 导入 标准库.${name}`, en: `${name} is a module of the library: write 导入 标准库.${name} first` };
  const words = gluedKeyword(name);
  if (words !== undefined && b.scope.lookup(words.rest) !== undefined) return missingSpace(words);
  const known = foreign(name);
  if (known !== undefined) return known;
  const meant = foreignFunctions(name).map((word) => ({ word, from: offering(word) })).find(({ from }) => from !== undefined);
  if (meant?.from !== undefined) {
    const { word, from } = meant;
    return { zh: `Qi 里写 ${word}，它在 ${from} 里：先写 导入 ${from}`, en: `Qi writes ${word}, which is in ${from}: write 导入 ${from} first` };
  }
  const near = nearest(name, [...b.scope.visible(), ...nativeFunctionNames(), ...SPECIAL_NAMES, ...(use === 'value' ? keywordNames() : [])]);
  if (near !== undefined) return didYouMean(near);
  const glued = gluedKeyword(name);
  return glued === undefined ? undefined : missingSpace(glued);
}

function offering(name: string): string | undefined {
  return moduleOffering(name) ?? libraryOffering(name);
}

export function missingSpace(glued: { keyword: string; rest: string }): Localized {
  return { zh: `是否漏了空格：${glued.keyword} ${glued.rest}`, en: `is a space missing: ${glued.keyword} ${glued.rest}` };
}
