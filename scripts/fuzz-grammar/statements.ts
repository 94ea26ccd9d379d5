/**
 * Statements over what is in scope, as lines. Loops end by construction: counted ones have few rounds, the conditions of
 * 当 are counters of their own.
 */
import { arguments_, closure, expression, literal, type Context, type Variable } from './expressions.js';
import { BOOL, INT, STRING, fieldsOf, isNumber, randomKey, randomType, same, written, type FuzzType } from './types.js';

/** What surrounds a statement. */
export interface Place {
  /** Result of the function; undefined where 返回 is not written. */
  readonly result: FuzzType | undefined;
  readonly inLoop: boolean;
  /** What a 协程 yields. */
  readonly yields: FuzzType | undefined;
}

const indent = (lines: readonly string[]): string[] => lines.map((line) => `    ${line}`);

/** A block of up to `size` statements, without its braces. What it declares ends with it. */
export function statements(c: Context, place: Place, size: number, depth: number): string[] {
  const inner: Context = { ...c, variables: [...c.variables] };
  const lines: string[] = [];
  for (let n = 1 + c.r.below(size); n > 0; n--) lines.push(...statement(inner, place, depth));
  return lines;
}

/** A statement whose declarations join `c`. */
export function statement(c: Context, place: Place, depth: number): string[] {
  const { r } = c;
  if (depth > 0 && r.below(5) < 2) return compound(c, place, depth - 1);
  if (c.concurrent && r.oneIn(6)) return concurrent(c, depth - 1);
  return simple(c, place);
}

const declare = (c: Context, stem: string, type: FuzzType, mutable = true): Variable => {
  const variable = { name: c.fresh(stem), type, mutable };
  c.variables.push(variable);
  return variable;
};

function simple(c: Context, place: Place): string[] {
  const { r } = c;
  const end = r.oneIn(2) ? ';' : '';
  const any = (): FuzzType => randomType(r, c.structs, c.enums);
  const assignable = c.variables.filter((v) => v.mutable);
  switch (r.below(14)) {
    case 0: case 1: case 2: return [declaration(c, any()) + end];
    case 3: {
      const type = any();
      const value = expression(c, type, 2);
      const { name } = declare(c, '名', type);
      return [`${name} = ${value}${end}`];
    }
    case 4: case 5: {
      if (assignable.length === 0) break;
      const v = r.pick(assignable);
      if (isNumber(v.type) && v.type.kind !== 'byte' && r.oneIn(2)) return [`${v.name} ${r.pick(['+=', '-=', '*='])} ${literal(c, v.type)}${end}`];
      if (v.type.kind === 'string' && r.oneIn(2)) return [`${v.name} += ${expression(c, STRING, 1)}${end}`];
      return [`${v.name} = ${expression(c, v.type, 2)}${end}`];
    }
    case 6: {
      if (assignable.length === 0) break;
      const v = r.pick(assignable);
      return change(c, v) ?? [`打印行(${v.name})${end}`];
    }
    case 7: {
      const pairs = assignable.flatMap((a) => assignable.filter((b) => b !== a && same(a.type, b.type)).map((b) => [a.name, b.name]));
      if (pairs.length === 0) break;
      const [a, b] = r.pick(pairs);
      return [`${a}, ${b} = ${b}, ${a}${end}`];
    }
    case 8: {
      const types = [any(), any()];
      const values = types.map((t) => expression(c, t, 1)).join(', ');
      const names = types.map((t) => declare(c, '分', t).name).join(', ');
      return [`变量 ${names} = ${r.oneIn(2) ? `(${values})` : values}${end}`];
    }
    case 9: {
      if (place.inLoop && r.oneIn(2)) return [`如果 ${expression(c, BOOL, 1)} { ${r.pick(['跳出', '继续', '中断'])}${end} }`];
      if (place.yields !== undefined) return [`挂起 ${expression(c, place.yields, 2)}${end}`];
      if (place.result === undefined) break;
      return [`如果 ${expression(c, BOOL, 1)} { ${returnOf(c, place.result)}${end} }`];
    }
    case 10: {
      const v = assignable.find((x) => x.type.kind === 'int');
      if (v === undefined) break;
      const { name } = declare(c, '针', { kind: 'param', name: '指针' }, false);
      return [`变量 ${name} = ${r.pick(['&', '取地址 '])}${v.name}${end}`, `${r.pick(['*', '解引用 '])}${name} = ${expression(c, INT, 1)}${end}`];
    }
    case 11: {
      const type: FuzzType & { kind: 'func' } = { kind: 'func', params: r.times(r.below(3), any), result: any() };
      const value = closure(c, type, 2);
      const args = type.params.map((p) => expression(c, p, 1)).join(', ');
      const { name } = declare(c, '函', type, false);
      return [`变量 ${name} = ${value}${end}`, `打印行(${name}(${args}))${end}`];
    }
  }
  return [print(c) + end];
}

function declaration(c: Context, type: FuzzType): string {
  const { r } = c;
  const value = expression(c, type, 2);
  const mutable = !r.oneIn(5);
  const { name } = declare(c, '量', type, mutable);
  const word = mutable ? r.pick(['变量', '可变']) : '不可变';
  const isWord = ['int', 'float', 'bool', 'string', 'char', 'int32', 'int128'].includes(type.kind);
  if (isWord && mutable && r.oneIn(3)) return `${written(type)} ${name} = ${value}`;
  return r.oneIn(2) ? `${word} ${name}: ${written(type)} = ${value}` : `${word} ${name} = ${value}`;
}

export function print(c: Context): string {
  const { r } = c;
  const values = r.times(1 + r.below(2), () => expression(c, randomType(r, c.structs, c.enums, 1), 2));
  if (r.oneIn(6)) return `打印("${values.map(() => '{}').join(' ')}\\n", ${values.join(', ')})`;
  return `打印行(${values.join(', ')})`;
}

function returnOf(c: Context, result: FuzzType): string {
  return result.kind === 'unit' ? '返回' : `返回 ${expression(c, result, 2)}`;
}

/** Changes a collection or struct in place. */
function change(c: Context, v: Variable): string[] | undefined {
  const { r } = c;
  const e = (t: FuzzType): string => expression(c, t, 1);
  switch (v.type.kind) {
    case 'list': return [r.pick([`${v.name}.添加(${e(v.type.elem)})`, `如果 ${v.name}.长度() > 0 { ${v.name}[0] = ${e(v.type.elem)} }`, `${v.name}.插入(0, ${e(v.type.elem)})`, `${v.name}.弹出()`, `${v.name}.清空()`])];
    case 'dict': return [r.pick([`${v.name}[${e(v.type.key)}] = ${e(v.type.value)}`, `${v.name}.插入(${e(v.type.key)}, ${e(v.type.value)})`, `${v.name}.移除(${e(v.type.key)})`])];
    case 'set': return [`${v.name}.${r.pick(['添加', '移除'])}(${e(v.type.elem)})`];
    case 'struct': {
      const fields = fieldsOf(v.type);
      const i = r.below(fields.length);
      return [`${v.name}.${v.type.def.isTuple ? i : fields[i]!.name} = ${e(fields[i]!.type)}`];
    }
    default: return undefined;
  }
}

/** Statements with blocks. */
function compound(c: Context, place: Place, depth: number): string[] {
  const { r } = c;
  const block = (extra: readonly Variable[] = [], loop = place.inLoop): string[] =>
    indent(statements({ ...c, variables: [...c.variables, ...extra] }, { ...place, inLoop: loop }, 2, depth));
  switch (r.below(11)) {
    case 0: case 1: {
      const otherwise = r.below(3);
      const more = otherwise === 0 ? ['}'] : otherwise === 1 ? ['} 否则 {', ...block(), '}'] : [`} 否则 如果 ${expression(c, BOOL, 1)} {`, ...block(), '} 否则 {', ...block(), '}'];
      return [`如果 ${expression(c, BOOL, 2)} {`, ...block(), ...more];
    }
    case 2: case 3: {
      const i: Variable = { name: c.fresh('序'), type: INT, mutable: true };
      const head = r.pick([`对于 ${i.name} 从 0 到 ${r.below(4)}`, `对于 ${i.name} 从 3 到 0 步长 -1`, `对于 ${i.name} 在 0..${r.below(4)}`, `对于 ${i.name} 在 1..=${r.below(4)}`]);
      return [`${head} {`, ...block([i], true), '}'];
    }
    case 4: case 5: return [...forIn(c, block)];
    case 6: {
      const { name } = declare(c, '计', INT, false);
      return [`变量 ${name} = 0`, `当 ${name} < ${1 + r.below(3)} {`, `    ${name} = ${name} + 1`, ...block([], true), '}'];
    }
    case 7: {
      const error: Variable = { name: c.fresh('错'), type: { kind: 'param', name: '错误' }, mutable: false };
      const thrown = r.oneIn(2) ? [`    如果 ${expression(c, BOOL, 1)} { 抛出 错误(${expression(c, STRING, 1)}) }`] : [];
      // A 最终 block may not leave by 返回, 跳出, 继续, nor 挂起 in this fuzzer.
      const last = r.oneIn(3) ? ['} 最终 {', ...indent(statements(c, { result: undefined, inLoop: false, yields: undefined }, 2, 0))] : [];
      return ['尝试 {', ...block(), ...thrown, `} 捕获 ${error.name} {`, `    打印行(${error.name}.${r.pick(['消息', '代码'])})`, ...block(), ...last, '}'];
    }
    case 8: case 9: return match(c, block);
    default: return r.oneIn(2) ? ['{', ...block(), '}'] : [`延后 ${print(c)}`];
  }
}

type MakeBlock = (extra?: readonly Variable[], loop?: boolean) => string[];

function forIn(c: Context, block: MakeBlock): string[] {
  const { r } = c;
  const elem = randomType(r, c.structs, c.enums, 1);
  const x: Variable = { name: c.fresh('项'), type: elem, mutable: true };
  const k: Variable = { name: c.fresh('键'), type: INT, mutable: true };
  const over = expression(c, { kind: 'list', elem }, 1);
  switch (r.below(5)) {
    case 0: return [`对于 ${x.name} 在 ${over} {`, ...block([x], true), '}'];
    case 1: return [`对于 (${over}) 中的 ${x.name} {`, ...block([x], true), '}'];
    case 2: return [`对于 ${k.name}, ${x.name} 在 (${over}) {`, ...block([k, x], true), '}'];
    case 3: {
      const key = randomKey(r);
      const dict = expression(c, { kind: 'dict', key, value: elem }, 2);
      return [`对于 ${k.name}, ${x.name} 在 (${dict}) {`, ...block([{ ...k, type: key }, x], true), '}'];
    }
    default: return [`对于 ${k.name} 在 "${r.pick(['气', 'ab', '春江😀'])}" {`, ...block([{ ...k, type: { kind: 'char' } }], true), '}'];
  }
}

/** 匹配 over a type with patterns worth writing. */
function match(c: Context, block: MakeBlock): string[] {
  const { r } = c;
  const candidates: FuzzType[] = [INT, STRING, { kind: 'option', elem: randomType(r, c.structs, c.enums, 1) }, { kind: 'result', elem: INT }, { kind: 'tuple', elems: [INT, BOOL] }];
  for (const def of c.enums) candidates.push({ kind: 'enum', def }, { kind: 'enum', def });
  const type = r.pick(candidates);
  const subject = expression(c, type, 2);
  const arms: string[] = [];
  const arm = (pattern: string, extra: readonly Variable[] = []): void => {
    const guard = extra.length > 0 && r.oneIn(4) ? ` 如果 ${expression({ ...c, variables: [...c.variables, ...extra] }, BOOL, 1)}` : '';
    arms.push(`${pattern}${guard} => {`, ...block(extra), '}');
    // A guarded arm covers nothing.
    if (guard !== '') arms.push(`${pattern} => {`, ...block(extra), '}');
  };
  const bind = (t: FuzzType): Variable => ({ name: c.fresh('模'), type: t, mutable: true });
  switch (type.kind) {
    case 'enum':
      for (const v of type.def.variants) {
        const values = v.values.map(bind);
        const pattern = values.length === 0 ? v.name : `${v.name}(${values.map((x) => x.name).join(', ')})`;
        arm(r.oneIn(2) ? `${type.def.name}::${pattern}` : pattern, values);
      }
      break;
    case 'option': case 'result': {
      const x = bind(type.elem);
      arm(type.kind === 'option' ? `有(${x.name})` : `成功(${x.name})`, [x]);
      if (type.kind === 'option') arm('无');
      else {
        const y = bind(STRING);
        arm(`失败(${y.name})`, [y]);
      }
      break;
    }
    case 'tuple': {
      const x = bind(INT);
      arm(`(${x.name}, 真)`, [x]);
      arm(`(${r.below(5)}, _)`);
      arm('_');
      break;
    }
    case 'string': arm(`"${r.pick(['', 'abc', '气'])}"`); arm('_'); break;
    default: {
      arm(r.pick(['0', '1 | 2', '..0', '3..10', '-5..=5']));
      const x = bind(INT);
      arm(x.name, [x]);
    }
  }
  return [`匹配 (${subject}) {`, ...indent(arms), '}'];
}

/** Tasks, channels, 协程. All of them are waited for, so the program ends with them. */
function concurrent(c: Context, depth: number): string[] {
  const { r } = c;
  const async = c.functions.filter((f) => f.flavour === 'async');
  const coroutines = c.functions.filter((f) => f.flavour === 'coroutine');
  switch (r.below(7)) {
    case 0: case 1: {
      if (coroutines.length === 0) break;
      const f = r.pick(coroutines);
      const x: Variable = { name: c.fresh('值'), type: f.result, mutable: true };
      const made = `协程 ${f.name}(${arguments_(c, f, new Map(), 2)})`;
      if (r.oneIn(2)) return [`对于 ${x.name} 在 ${made} {`, ...indent(statements({ ...c, variables: [...c.variables, x] }, { result: undefined, inLoop: true, yields: undefined }, 2, depth)), '}'];
      const name = c.fresh('程');
      return [`变量 ${name} = ${made}`, `打印行(恢复 ${name}, ${name}.状态())`, `${name}.取消()`, `打印行(${name}.已完成())`];
    }
    case 2: case 3: {
      if (async.length === 0) break;
      const f = r.pick(async);
      const [one, two] = [c.fresh('未'), c.fresh('任')];
      return [
        `变量 ${one} = ${f.name}(${arguments_(c, f, new Map(), 2)})`, `变量 ${two} = 创建 ${f.name}(${arguments_(c, f, new Map(), 2)})`,
        `打印行(等待 ${one}, 等待 ${two})`,
      ];
    }
    case 4: {
      const type = randomType(r, c.structs, c.enums, 1);
      const [channel, x, i] = [c.fresh('道'), c.fresh('收'), c.fresh('次')];
      const sent = expression(c, type, 1);
      return [
        `变量 ${channel} = 通道<${written(type)}>(${r.below(3)})`, `启动 {`, `    对于 ${i} 从 1 到 ${r.below(4)} { ${channel} <- ${sent} }`, `    ${channel}.关闭()`, '}',
        `对于 ${x} 在 ${channel} { 打印行(${x}) }`,
      ];
    }
    case 5: {
      const [sum, lock, i] = [c.fresh('和'), c.fresh('锁'), c.fresh('号')];
      return [
        `变量 ${sum} = 0`, `变量 ${lock} = 创建互斥锁()`, '并发 {', `    对于 ${i} 从 1 到 3 {`, `        创建 (函数() { ${lock}.加锁(); ${sum} += ${i}; ${r.oneIn(2) ? '挂起; ' : ''}${lock}.解锁() })()`, '    }', '}',
        `打印行(${sum})`,
      ];
    }
    default: {
      const [channel, x] = [c.fresh('道'), c.fresh('得')];
      return [
        `变量 ${channel} = 通道<整数>(1)`, r.oneIn(2) ? `${channel} <- ${expression(c, INT, 1)}` : `启动 { ${channel} <- 1 }`,
        '选择 {', `    情况 ${x} := <-${channel}: 打印行(${x})`, `    情况 超时(${1000 + r.below(9)}): 打印行("迟")`, '}',
      ];
    }
  }
  return [`睡眠(${r.below(3)})`];
}
