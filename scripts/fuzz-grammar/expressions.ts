/**
 * Expressions of a given type. Every form the grammar has for a type is one alternative; what needs something that is
 * not there (a variable, a function) gives undefined, and another is drawn.
 *
 * Expressions are parenthesised where the fuzzer does not want to say something about precedence, and bare where it does:
 * the meaning does not matter, only that both schedules agree on it.
 */
import type { Random } from './random.js';
import {
  BOOL, FLOAT, INT, STRING, fieldsOf, instantiate, isInteger, isKey, isNumber, randomType, same, written, type EnumDecl, type FuzzType, type StructDecl,
} from './types.js';

export interface Variable {
  readonly name: string;
  readonly type: FuzzType;
  readonly mutable: boolean;
}

export interface Parameter {
  readonly name: string;
  readonly type: FuzzType;
  /** Text of the default value. */
  readonly default: string | undefined;
}

export interface FunctionDecl {
  readonly name: string;
  readonly flavour: 'plain' | 'async' | 'coroutine' | 'method' | 'static';
  /** The receiver of a method; the type of a static function. */
  readonly owner: FuzzType | undefined;
  /** Names of type parameters, inferred from the arguments. */
  readonly typeParams: readonly string[];
  readonly params: readonly Parameter[];
  /** What a call gives; of a 协程, what it yields. */
  readonly result: FuzzType;
}

/** What an expression or statement may use. */
export interface Context {
  readonly r: Random;
  readonly structs: readonly StructDecl[];
  readonly enums: readonly EnumDecl[];
  /** Functions declared so far: calling only these, programs end. */
  readonly functions: readonly FunctionDecl[];
  /** Innermost last. */
  readonly variables: Variable[];
  /** 挂起, 等待, 创建 and the like may be written. */
  readonly concurrent: boolean;
  /** A name nobody has. */
  readonly fresh: (stem: string) => string;
}

const TEXTS = ['', '气', '春江', 'abc', '一二三', '😀', 'a b', 'é', '{}', '\\n', '\\u{4E2D}'];
const CHARS = ['a', '中', '1', '😀', '\\n', '。'];

/** A literal, or the shortest construction where the type has none. */
export function literal(c: Context, t: FuzzType): string {
  const { r } = c;
  switch (t.kind) {
    case 'int': return r.pick(['0', '1', '2', '7', '10', '100', '0xFF', '1_000', '-3', '0b101']);
    case 'int32': return `短整数(${r.below(100)})`;
    case 'byte': return `字节(${r.below(200)})`;
    case 'int128': return `长整数(${r.pick(['0', '5', '-9', '1_000_000'])})`;
    case 'float': return r.pick(['0.0', '1.5', '2.5e3', '-0.25', '3.0']);
    case 'bool': return r.pick(['真', '假']);
    case 'char': return `'${r.pick(CHARS)}'`;
    case 'string': return r.oneIn(6) ? `r"${r.pick(['原', 'x\\y', ''])}"` : `"${r.pick(TEXTS)}"`;
    case 'unit': return '空';
    case 'list': return r.oneIn(5) ? `列表<${written(t.elem)}>()` : `[${literal(c, t.elem)}]`;
    case 'set': return `集合([${literal(c, t.elem)}])`;
    // At the start of a block a brace would begin another.
    case 'dict': return `({${literal(c, t.key)}: ${literal(c, t.value)}})`;
    case 'option': return `有(${literal(c, t.elem)})`;
    case 'result': return `(函数(): ${written(t)} { 返回 成功(${literal(c, t.elem)}); })()`;
    case 'tuple': return `(${t.elems.map((e) => literal(c, e)).join(', ')})`;
    case 'struct': return structLiteral(t, (part) => literal(c, part));
    case 'enum': {
      const v = t.def.variants[0]!;
      return variantOf(t.def, v.name, v.values.map((x) => literal(c, x)));
    }
    case 'func': return `函数(${t.params.map((p, i) => `参${i}: ${written(p)}`).join(', ')}): ${written(t.result)} { 返回 ${literal(c, t.result)}; }`;
    case 'param': throw new Error(`no literal of ${t.name}`);
  }
}

function structLiteral(t: FuzzType & { kind: 'struct' }, part: (t: FuzzType) => string): string {
  const { def } = t;
  const fields = fieldsOf(t);
  const name = written(t);
  if (def.isTuple) return `${name}(${fields.map((f) => part(f.type)).join(', ')})`;
  return `(${name} { ${fields.map((f) => `${f.name}: ${part(f.type)}`).join(', ')} })`;
}

function variantOf(def: EnumDecl, name: string, values: readonly string[]): string {
  return `${def.name}::${name}${values.length === 0 ? '' : `(${values.join(', ')})`}`;
}

/** An expression of type `t`; `depth` bounds its nesting. */
export function expression(c: Context, t: FuzzType, depth: number): string {
  const { r } = c;
  if (t.kind === 'param') return r.oneIn(3) ? general(c, t, depth - 1) ?? read(c, t)! : read(c, t)!;
  for (let attempt = 0; attempt < 4; attempt++) {
    const made = depth <= 0 ? (r.oneIn(3) ? undefined : read(c, t)) : r.below(10) < 3 ? read(c, t) : r.below(3) === 0 ? general(c, t, depth - 1) : special(c, t, depth - 1);
    if (made !== undefined) return made;
  }
  return depth > 0 ? construct(c, t, depth - 1) : literal(c, t);
}

/** A variable of that type, or a part of one. */
function read(c: Context, t: FuzzType): string | undefined {
  const found: string[] = [];
  for (const v of c.variables) {
    if (same(v.type, t)) found.push(v.name);
    if (v.type.kind === 'struct') for (const [i, f] of fieldsOf(v.type).entries()) if (same(f.type, t)) found.push(`${v.name}.${v.type.def.isTuple ? i : f.name}`);
    if (v.type.kind === 'tuple') v.type.elems.forEach((e, i) => { if (same(e, t)) found.push(`${v.name}.${i}`); });
  }
  return found.length === 0 ? undefined : c.r.pick(found);
}

/** Forms that exist for every type. */
function general(c: Context, t: FuzzType, depth: number): string | undefined {
  const { r } = c;
  const e = (type: FuzzType): string => expression(c, type, depth);
  switch (r.below(8)) {
    case 0: return `(如果 ${e(BOOL)} { ${e(t)} } 否则 { ${e(t)} })`;
    case 1: return `(匹配 ${e(INT)} { ${r.pick(['0', '1 | 2', '..0', '3..=9'])} => ${e(t)}, _ => ${e(t)} })`;
    case 2: case 3: return call(c, t, depth);
    case 4: {
      // A list indexed by what is surely inside it.
      const items = r.times(1 + r.below(3), () => e(t));
      return `[${items.join(', ')}][${r.below(items.length)}]`;
    }
    case 5: return t.kind === 'unit' || t.kind === 'param' ? undefined : `(函数(): ${written(t)} { 返回 ${e(t)}; })()`;
    case 6: {
      const option = read(c, { kind: 'option', elem: t });
      return option === undefined ? undefined : `${option}.或(${e(t)})`;
    }
    default: {
      const list = read(c, { kind: 'list', elem: t });
      return list === undefined ? undefined : `${list}.${r.pick(['首', '尾'])}().或(${e(t)})`;
    }
  }
}

/** A call of a function that gives `t`. */
function call(c: Context, t: FuzzType, depth: number): string | undefined {
  const { r } = c;
  const usable = c.functions.filter((f) => (c.concurrent || f.flavour !== 'async') && f.flavour !== 'coroutine'
    && (f.typeParams.length > 0 ? f.result.kind === 'param' : same(f.result, t)));
  if (usable.length === 0) return undefined;
  const f = r.pick(usable);
  const args = new Map<string, FuzzType>();
  // The result is the first type parameter; others are free.
  f.typeParams.forEach((p) => args.set(p, f.result.kind === 'param' && f.result.name === p ? t : randomType(r, c.structs, c.enums, 1)));
  const given = arguments_(c, f, args, depth);
  if (f.flavour === 'method') return `${expression(c, f.owner!, depth - 1)}.${f.name}(${given})`;
  if (f.flavour === 'static') return `${written(f.owner!)}::${f.name}(${given})`;
  if (f.flavour === 'async') return r.oneIn(3) ? `(等待 创建 ${f.name}(${given}))` : `(等待 ${f.name}(${given}))`;
  return `${f.name}(${given})`;
}

export function arguments_(c: Context, f: FunctionDecl, args: ReadonlyMap<string, FuzzType>, depth: number): string {
  const { r } = c;
  const last = f.params.findIndex((p) => p.default !== undefined);
  const shown = last >= 0 && r.oneIn(2) ? f.params.slice(0, last) : f.params;
  let named = false;
  return shown.map((p) => {
    const value = expression(c, instantiate(p.type, args), depth - 1);
    named ||= p.default !== undefined && r.oneIn(2);
    return named ? `${p.name}: ${value}` : value;
  }).join(', ');
}

/** A value built of its parts. */
function construct(c: Context, t: FuzzType, depth: number): string {
  const { r } = c;
  const e = (type: FuzzType): string => expression(c, type, depth);
  switch (t.kind) {
    case 'list': return t.elem.kind === 'param' ? `[${e(t.elem)}]` : `[${r.times(1 + r.below(3), () => e(t.elem)).join(', ')}]`;
    case 'set': return `集合([${e(t.elem)}, ${e(t.elem)}])`;
    case 'dict': return `({${r.times(1 + r.below(2), () => `${e(t.key)}: ${e(t.value)}`).join(', ')}})`;
    case 'option': return `有(${e(t.elem)})`;
    case 'tuple': return `(${t.elems.map(e).join(', ')})`;
    case 'struct': return structLiteral(t, e);
    case 'enum': {
      const v = r.pick(t.def.variants);
      return variantOf(t.def, v.name, v.values.map(e));
    }
    default: return literal(c, t);
  }
}

/** Forms that belong to the type. */
function special(c: Context, t: FuzzType, depth: number): string | undefined {
  const { r } = c;
  const e = (type: FuzzType): string => expression(c, type, depth);
  if (t.kind === 'int') return integer(c, e);
  if (isInteger(t)) return r.oneIn(2) ? `(${e(t)} ${r.pick(['+', '*', '&', '|', '^'])} ${literal(c, t)})` : `${written(t)}(${r.below(100)} % ${1 + r.below(9)})`;
  switch (t.kind) {
    case 'float': return r.pick([
      () => `(${e(FLOAT)} ${r.pick(['+', '-', '*', '/', '加', '乘'])} ${e(FLOAT)})`, () => `浮点数(${e(INT)})`, () => `-${e(FLOAT)}`,
    ])();
    case 'bool': return boolean(c, depth, e);
    case 'string': return text(c, e);
    case 'char': return `"甲乙丙"[(${e(INT)} % 3 + 3) % 3]`;
    case 'list': return list(c, t, e);
    case 'dict': return r.oneIn(2) ? `({${e(t.key)}: ${e(t.value)}})` : `(克隆 ${e(t)})`;
    case 'set': return `${e(t)}.${r.pick(['并', '交', '差'])}(${e(t)})`;
    case 'option': return option(c, t, e);
    case 'func': return closure(c, t, depth);
    default: return construct(c, t, depth);
  }
}

type Make = (t: FuzzType) => string;
type Collection = FuzzType & { readonly kind: 'list' | 'option' | 'set' };

function integer(c: Context, e: Make): string {
  const { r } = c;
  const other = (): FuzzType => randomType(r, c.structs, c.enums, 1);
  return r.pick([
    () => `((${e(INT)} ${r.pick(['+', '-', '*'])} ${e(INT)}) % ${r.pick(['7', '100', '1009'])})`,
    () => `(${e(INT)} ${r.pick(['+', '-', '加', '减'])} ${r.below(50)})`,
    () => `(${e(INT)} ${r.pick(['/', '%', '除', '取余'])} ${1 + r.below(9)})`,
    () => `(${e(INT)} ${r.pick(['&', '|', '^'])} ${e(INT)})`,
    () => `((${e(INT)} & 255) ${r.pick(['<<', '>>'])} ${r.below(8)})`,
    () => `${e(STRING)}.长度()`,
    () => `${e({ kind: 'list', elem: other() })}.长度()`,
    () => `回绕${r.pick(['加', '乘', '减'])}(${e(INT)}, ${e(INT)})`,
    () => `-${e(INT)}`, () => `~${e(INT)}`,
    () => `整数(${e(BOOL)} ? 1 : 0)`.replace(/整数\((.*) \? 1 : 0\)/s, '(如果 $1 { 1 } 否则 { 0 })'),
    () => `整数(${e({ kind: 'char' })})`,
    () => `${e({ kind: 'list', elem: INT })}.归约(0, (甲, 乙) => (甲 + 乙) % 10007)`,
    () => `${e(STRING)}.转整数().或(${r.below(9)})`,
  ])();
}

function boolean(c: Context, depth: number, e: Make): string {
  const { r } = c;
  const comparable = r.pick<FuzzType>([INT, FLOAT, STRING, { kind: 'char' }, { kind: 'int32' }]);
  const any = randomType(r, c.structs, c.enums, 1);
  return r.pick([
    () => `(${e(comparable)} ${r.pick(['<', '>', '<=', '>=', '==', '!=', '小于', '大于等于', '等于'])} ${e(comparable)})`,
    () => `(${e(any)} ${r.pick(['==', '!='])} ${e(any)})`,
    () => `(${e(BOOL)} ${r.pick(['&&', '||', '与', '或'])} ${e(BOOL)})`,
    () => `${r.pick(['!', '非 '])}${depth > 0 ? `(${e(BOOL)})` : r.pick(['真', '假'])}`,
    () => `${e({ kind: 'list', elem: comparable })}.包含(${e(comparable)})`,
    () => `${e({ kind: 'option', elem: comparable })}.是有()`,
    () => `${e(STRING)}.${r.pick(['包含', '开头是', '结尾是'])}(${e(STRING)})`,
    () => `${e({ kind: 'list', elem: INT })}.${r.pick(['任一', '全部'])}((项) => 项 ${r.pick(['>', '==', '<'])} ${r.below(9)})`,
  ])();
}

function text(c: Context, e: Make): string {
  const { r } = c;
  const shown = randomType(r, c.structs, c.enums, 1);
  return r.pick([
    () => `(${e(STRING)} + ${e(r.oneIn(2) ? STRING : shown)})`,
    // Strings inside an interpolation would end it: names and numbers only.
    () => `$"〈{${read(c, shown) ?? r.below(99)}}〉{{}}"`,
    () => `字符串(${e(r.pick([INT, FLOAT, BOOL]))})`,
    () => `${e(STRING)}.${r.pick(['转大写', '转小写', '去空格', '反转'])}()`,
    () => `${e(STRING)}.替换(${e(STRING)}, ${e(STRING)})`,
    () => `${e({ kind: 'list', elem: STRING })}.连接(${r.pick(['"、"', '""'])})`,
    () => `"${'气'.repeat(1 + r.below(4))}"[..${r.below(2)}]`,
    () => `$"{${r.below(1000)}:${r.pick(['04', 'x', '>6', ',', '+'])}}"`,
  ])();
}

function list(c: Context, t: Collection, e: Make): string {
  const { r } = c;
  const from = randomType(r, c.structs, c.enums, 1);
  return r.pick([
    () => `[${r.times(1 + r.below(3), () => e(t.elem)).join(', ')}]`,
    () => `${e(t)}.${r.pick(['切片(0, 0)', '复制()'])}`,
    () => {
      const name = c.fresh('元');
      const inner: Context = { ...c, variables: [...c.variables, { name, type: from, mutable: true }] };
      return `${e({ kind: 'list', elem: from })}.映射(函数(${name}: ${written(from)}): ${written(t.elem)} { 返回 ${expression(inner, t.elem, 1)}; })`;
    },
    () => {
      const name = c.fresh('元');
      const inner: Context = { ...c, variables: [...c.variables, { name, type: t.elem, mutable: true }] };
      return `${e(t)}.过滤((${name}) => ${expression(inner, BOOL, 1)})`;
    },
    () => (isKey(t.elem) ? `集合([${e(t.elem)}]).转列表()` : `(克隆 ${e(t)})`),
    () => `[${e(t.elem)}; ${r.below(3)}].转列表()`,
  ])();
}

function option(c: Context, t: Collection, e: Make): string {
  const { r } = c;
  return r.pick([
    () => `有(${e(t.elem)})`,
    () => `${e({ kind: 'list', elem: t.elem })}.${r.pick(['首', '尾'])}()`,
    () => `({${e(INT)}: ${e(t.elem)}}).获取(${e(INT)})`,
    () => `(如果 ${e(BOOL)} { 有(${e(t.elem)}) } 否则 { 无 })`,
    () => (isNumber(t.elem) || t.elem.kind === 'string' ? `[${e(t.elem)}].${r.pick(['最大', '最小'])}()` : `有(${e(t.elem)})`),
  ])();
}

export function closure(c: Context, t: FuzzType & { kind: 'func' }, depth: number): string {
  const params = t.params.map((type) => ({ name: c.fresh('参'), type, mutable: true }));
  const inner: Context = { ...c, variables: [...c.variables, ...params] };
  const body = expression(inner, t.result, depth);
  const typed = params.map((p) => `${p.name}: ${written(p.type)}`).join(', ');
  return c.r.oneIn(2) ? `函数(${typed}): ${written(t.result)} { 返回 ${body}; }` : `闭包 (${typed}): ${written(t.result)} { 返回 ${body}; }`;
}
