/**
 * undefined-name.ts — E3002 with the best hint: a keyword without its space, or a similar name.
 */
import type * as ast from '../ast.js';
import { keywordNames } from '../2-parse/english.js';
import { possessiveHint } from '../2-parse/hints.js';
import type { DiagnosticDetails, Localized } from '../diagnostics.js';
import { LIBRARY } from '../generated/library.js';
import type * as hir from '../hir.js';
import { PRIORITY_TYPE, resolve } from '../types.js';
import { poison, type Body } from './body.js';
import { isMethodName, moduleFunctionNames, moduleOffering, nativeFunctionNames } from './builtins.js';
import { reportByImports } from './imports.js';
import { SPECIAL_NAMES } from './infer-builtin.js';
import type { Symbol } from './scope.js';
import { didYouMean, didYouMeanImport, foreign, foreignFunctions, foreignModule, gluedKeyword, importFirst, libraryOfferings, MAX_SUGGESTIONS, nearest } from './suggest.js';
import { selectedOnly } from './type-expr.js';

/** Reports an unknown name once per function: further uses of it are silent. */
export function reportUndefined(b: Body, name: string, span: ast.Span, use: 'value' | 'call'): hir.Expr {
  if (b.checker.names.fileOf(b.file).isMeantByBroken(name) || reportByImports(b.checker, b.file, name, span)) b.failed = true;
  else {
    const later = b.checker.suggestions < MAX_SUGGESTIONS ? declaredLater(b, name, span) : undefined;
    const hint = later === undefined ? hintFor(b, name, use, span.end) : undefined;
    b.error('E3002', span, { 名称: name }, later ?? (hint === undefined ? {} : { hint }));
  }
  const silent: Symbol = { kind: 'poison', span, file: b.file };
  b.root.declare(name, silent);
  return poison(span);
}

/** The statement of the same function that gives the name its first value, too late. */
function declaredLater(b: Body, name: string, span: ast.Span): DiagnosticDetails | undefined {
  let owner = b;
  while (owner.parent !== undefined) owner = owner.parent;
  const body = owner.symbol?.decl.body;
  const place = body === undefined ? undefined : findDeclaration(body, name, span.end);
  if (place === undefined) return undefined;
  b.checker.suggestions++;
  return {
    hint: place.isFunction
      ? { zh: `${name} 在后面才声明：把声明移到前面，或移到函数之外`, en: `${name} is declared further on: move that up, or out of the function` }
      : { zh: `${name} 在后面才声明：把声明移到前面，或先写 变量 ${name}: 类型`, en: `${name} is declared further on: move that up, or write 变量 ${name}: type before` },
    related: [{ span: place.span, file: b.file, label: { zh: `${name} 在这里声明`, en: `${name} is declared here` } }],
  };
}

/** The first statement behind `from` that declares a function or variable of that name, the latter by 变量 or by assignment. */
function findDeclaration(node: unknown, name: string, from: number): { span: ast.Span; isFunction: boolean } | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  if (Array.isArray(node)) {
    for (const part of node) {
      const found = findDeclaration(part, name, from);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const { kind, span } = node as { kind?: string; span?: ast.Span };
  if (span !== undefined && span.end <= from) return undefined;
  if (kind === 'VarBinding' && (node as ast.VarBinding).name.text === name) return { span: span!, isFunction: false };
  if (kind === 'FunctionDecl' && (node as ast.FunctionDecl).name.text === name) return { span: (node as ast.FunctionDecl).name.span, isFunction: true };
  if (kind === 'AssignStmt') {
    const target = (node as ast.AssignStmt).targets.find((t) => t.kind === 'NameExpr' && t.name === name && t.span.start >= from);
    if (target !== undefined) return { span: target.span, isFunction: false };
  }
  return findDeclaration(Object.values(node), name, from);
}

function hintFor(b: Body, name: string, use: 'value' | 'call', end: number): Localized | undefined {
  if (++b.checker.suggestions > MAX_SUGGESTIONS) return undefined;
  if (b.symbol !== undefined && b.scope === b.symbol.scope && b.symbol.decl.params.some((p) => p.name.text === name)) {
    return { zh: '默认值看不见别的参数：在函数体里再算', en: 'a default does not see the other parameters: compute it in the body' };
  }
  const selected = selectedOnly(b.checker, b.file, name);
  if (selected !== undefined) return selected;
  const member = ownMember(b, name, use);
  if (member !== undefined) return member;
  if (PRIORITY_TYPE.def.variants.some((v) => v.name === name)) return { zh: `写 优先级::${name}`, en: `write 优先级::${name}` };
  const module = offering(name, use);
  if (module !== undefined) return importFirst(name, module);
  if (use === 'value' && /^(?:并发|协程)$/u.test(name) && /^ *\{/u.test(b.file.text.slice(end))) {
    return { zh: `条件与 对于、匹配 的头里，带 { 的块要写在括号里：(${name} { … })`, en: `in a condition and in the head of 对于 or 匹配 a block goes into parentheses: (${name} { … })` };
  }
  if (Object.hasOwn(LIBRARY, `标准库.${name}`)) return { zh: `${name} 是标准库的模块：先写 导入 标准库.${name}`, en: `${name} is a module of the library: write 导入 标准库.${name} first` };
  const library = use === 'value' ? foreignModule(name) : undefined;
  if (library !== undefined) return { zh: `Qi 里写 ${library}：先写 导入 标准库.${library}`, en: `Qi writes ${library}: write 导入 标准库.${library} first` };
  if (/^(?:自身|自己|本体)$/u.test(name)) return { zh: '自身 只在方法里有：函数 (自身 类型) 名(…)，或写在 方法 类型 { … } 里', en: '自身 exists only in methods: 函数 (自身 Type) name(…), or inside 方法 Type { … }' };
  const words = gluedKeyword(name);
  if (words !== undefined && b.scope.lookup(words.rest) !== undefined) return missingSpace(words);
  const known = foreign(name);
  if (known !== undefined) return known;
  const meant = foreignFunctions(name).map((word) => ({ word, from: offering(word, 'call') ?? offering(word, 'value') })).find(({ from }) => from !== undefined);
  if (meant?.from !== undefined) {
    const { word, from } = meant;
    return { zh: `Qi 里写 ${word}，它在 ${from} 里：先写 导入 ${from}`, en: `Qi writes ${word}, which is in ${from}: write 导入 ${from} first` };
  }
  if (use === 'call' && /^(?:关闭|close)$/u.test(name)) return { zh: '关闭 是方法：写 通道.关闭()', en: '关闭 is a method: write channel.关闭()' };
  if (use === 'call' && isMethodName(name)) return { zh: `${name} 是方法：写 值.${name}(…)`, en: `${name} is a method: write value.${name}(…)` };
  const near = nearest(name, [...b.scope.visible(), ...(use === 'value' ? b.checker.names.fileOf(b.file).moduleNames() : []), ...nativeFunctionNames(), ...SPECIAL_NAMES, ...(use === 'value' ? keywordNames() : [])]);
  if (near !== undefined) return didYouMean(near);
  const inLibrary = use === 'call' ? nearest(name, [...libraryOfferings('function').keys(), ...moduleFunctionNames()]) : undefined;
  if (inLibrary !== undefined) return didYouMeanImport(inLibrary, offering(inLibrary, use)!);
  const glued = gluedKeyword(name);
  return glued === undefined ? undefined : missingSpace(glued);
}

/** A field or method of the receiver without `自身.`, and `甲的乙` for a member of 甲. */
function ownMember(b: Body, name: string, use: 'value' | 'call'): Localized | undefined {
  let owner = b;
  while (owner.parent !== undefined) owner = owner.parent;
  const receiver = owner.symbol?.receiver;
  const type = receiver === undefined ? undefined : resolve(receiver.type);
  const symbol = type?.kind === 'struct' ? b.checker.structs.get(type.def) : undefined;
  const self = `${receiver?.names[0] ?? '自身'}.${name}`;
  if (type?.kind === 'struct' && type.def.fields.some((f) => f.name === name)) return { zh: `你是不是想写 ${self}：字段要写出它属于谁`, en: `did you mean ${self}? A field is written with its owner` };
  if (use === 'call' && symbol?.methods.has(name) === true) return { zh: `你是不是想写 ${self}(…)：方法要写出在谁身上调用`, en: `did you mean ${self}(…)? A method is called on its owner` };
  const at = name.indexOf('的', 1);
  return at > 0 && b.scope.lookup(name.slice(0, at)) !== undefined ? possessiveHint(name.slice(0, at), name.slice(at + 1)) : undefined;
}

/** The module that has the name: of functions where it is called, else of constants and types (`计数器::新建()`). */
function offering(name: string, use: 'value' | 'call'): string | undefined {
  if (use === 'call') return moduleOffering(name) ?? libraryOfferings('function').get(name);
  return libraryOfferings('constant').get(name) ?? libraryOfferings('type').get(name);
}

export function missingSpace(glued: { keyword: string; rest: string }): Localized {
  return { zh: `是否漏了空格：${glued.keyword} ${glued.rest}`, en: `is a space missing: ${glued.keyword} ${glued.rest}` };
}
