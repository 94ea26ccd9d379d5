/**
 * unknown-member.ts — E3008 with the best hint: what other languages call it, a similar name, or what the type has.
 *
 * Every type says something: where no name is near, the members that programs reach for are shown.
 */
import type * as ast from '../ast.js';
import type { Localized } from '../diagnostics.js';
import type * as hir from '../hir.js';
import { RESULT, resolve, showType, type Type } from '../types.js';
import { poison, type Body } from './body.js';
import { moduleOffering } from './builtins.js';
import { didYouMean, foreignMember, libraryOfferings, nearest, ofModule, otherForm } from './suggest.js';

/** Reports a member that a type does not have; `known` are those it has, `otherwise` is the hint when none of them is near, `object` the value. */
export function unknownMember(b: Body, type: Type, name: ast.Name, known: Iterable<string>, otherwise?: Localized, object?: hir.Expr): hir.Expr {
  const names = [...known];
  const r = resolve(type);
  // 长度 is an instruction and in no table.
  if (/^(list|array|string|bytes|dict|set|range|channel)$/.test(r.kind)) names.push('长度');
  const isMap = r.kind === 'dict' && /^(添加|扩展|弹出首|排序|追加)$/.test(name.text);
  const near = isMap ? NO_LIST
    : ofModule(showType(type), name.text) ?? foreignMember(name.text, names) ?? otherForm(r.kind, name.text) ?? similar(name.text, names) ?? otherwise;
  const holder = near === undefined && b.checker.muted === 0 ? untaken(r, object) : undefined;
  if (holder !== undefined && told.has(holder)) {
    // Who forgets it at one use forgets it at all of them.
    b.failed = true;
    return poison(name.span);
  }
  if (holder !== undefined) told.add(holder);
  const hint = near ?? pairHint(r, object) ?? (holder === undefined ? listed(r, name.text, names) : takeFirst(r, holder.name));
  b.error('E3008', name.span, { 类型: showType(type), 名称: name.text }, hint === undefined ? {} : { hint });
  return poison(name.span);
}

/** Variables that were used without taking the value out of their 选项 or 结果, where that was told. */
const told = new WeakSet<object>();

/** The variable m of `m.甲()` that holds the 选项 or 结果 of what may have 甲. */
function untaken(r: Type, object: hir.Expr | undefined): hir.Local | hir.Global | undefined {
  if (r.kind !== 'option' && !(r.kind === 'enum' && r.def === RESULT)) return undefined;
  const variable = object?.kind === 'local' ? object.local : object?.kind === 'global' ? object.global : undefined;
  return variable?.name === '' ? undefined : variable;
}

function takeFirst(r: Type, m: string): Localized {
  const arms = r.kind === 'option' ? '有(x) => …, 无 => …' : '成功(x) => …, 失败(e) => …';
  return { zh: `先取得其中的值：尝试 ${m}、${m}.取出() 或 匹配 ${m} { ${arms} }`, en: `take the value first: 尝试 ${m}, ${m}.取出() or 匹配 ${m} { ${arms} }` };
}

/** The position that 对于 binds beside an element, by the variable of the element. */
export const positionBeside = new WeakMap<hir.Local, hir.Local>();

/** `对于 数, 名 在 [(1, "甲")]`: 名 was meant to be the second half. */
function pairHint(r: Type, object: hir.Expr | undefined): Localized | undefined {
  const position = r.kind === 'tuple' && r.elems.length === 2 && object?.kind === 'local' ? positionBeside.get(object.local) : undefined;
  if (position === undefined || object?.kind !== 'local') return undefined;
  const [a, b] = [position.name, object.local.name];
  return { zh: `${a} 得到的是位置，${b} 得到的是整个元组：要拆开它，写 对于 (${a}, ${b}) 在 …`, en: `${a} is the position, ${b} the whole tuple: to take it apart write 对于 (${a}, ${b}) 在 …` };
}

function similar(name: string, names: readonly string[]): Localized | undefined {
  const near = nearest(name, names);
  return near === undefined ? undefined : didYouMean(near);
}

const NO_LIST: Localized = { zh: '字典写 表[键] = 值；空列表写 []，而 {} 和 【】 是字典', en: 'a 字典 takes m[key] = value; the empty list is [], while {} and 【】 are a 字典' };

/** So many members are shown. */
const MAX_LISTED = 8;

/** Of types with many methods, those that programs reach for. */
const COMMON: Readonly<Partial<Record<Type['kind'], string>>> = {
  list: '添加、移除、长度、包含、查找、排序、映射、过滤', array: '长度、包含、查找、映射、过滤、切片',
  string: '长度、包含、查找、分割、替换、去空格、子串、转整数', set: '添加、移除、包含、并、交、差、长度',
  channel: '发送、接收、关闭、长度、容量', error: '消息、代码、栈、起因、其余', bytes: '长度、转字符串、切片',
};

/** What to do with a value of a type, where that says more than a list of members. */
const USES: Readonly<Partial<Record<Type['kind'], Localized>>> = {
  dict: { zh: '按键取值写 表[键] 或 表.获取(键)；常用的有 插入、移除、包含键、键列表、值列表、长度', en: 'a value by its key is m[key] or m.获取(key); often used are 插入, 移除, 包含键, 键列表, 值列表 and 长度' },
  option: { zh: '先用 匹配、取出() 或 或(默认值) 取得其中的值', en: 'take the value first, with 匹配, 取出() or 或(default)' },
  future: { zh: '先 等待 它取得值', en: 'take its value with 等待 first' },
  task: { zh: '先 等待 它取得值；任务有 取消、状态、已完成', en: 'take its value with 等待 first; a 任务 has 取消, 状态, 已完成' },
  bool: { zh: '真假的运算写 &&、||、!', en: 'truth values are combined with &&, || and !' },
  tuple: { zh: '元组的元素写 .0、.1，从 0 数起', en: 'elements of a tuple are .0, .1, counted from 0' },
  func: { zh: '要用它的结果，先在末尾加上 () 调用它', en: 'to use its result call it first, with () at its end' },
};

const ONLY_OF_TASKS: ReadonlySet<string> = new Set(['取消', '状态', '编号', '优先级']);

function listed(r: Type, name: string, names: readonly string[]): Localized | undefined {
  if (/^(?:int|int32|int128|byte|float|float32)$/.test(r.kind)) {
    const module = moduleOffering(name) ?? libraryOfferings('function').get(name);
    return module !== undefined ? { zh: `写 ${name}(x)，它在 ${module} 里：先写 导入 ${module}`, en: `write ${name}(x), which is in ${module}: write 导入 ${module} first` }
      : { zh: '数的计算写运算符和 标准库.数学 的函数；转成字符串写 字符串(x)', en: 'numbers are computed with operators and functions of 标准库.数学; 字符串(x) makes text' };
  }
  if (/^[0-9]+$/.test(name) && (r.kind === 'list' || r.kind === 'array' || r.kind === 'string')) return { zh: `取元素写 x[${name}]`, en: `an element is x[${name}]` };
  const common = COMMON[r.kind];
  if (common !== undefined) return { zh: `常用的有 ${common}`, en: `often used are ${common.replaceAll('、', ', ')}` };
  if (r.kind === 'tuple' && /^[0-9]+$/.test(name)) {
    const last = r.elems.length - 1;
    return { zh: `它有 ${last + 1} 个元素：.0 到 .${last}`, en: `it has ${last + 1} elements: .0 to .${last}` };
  }
  if (r.kind === 'future' && ONLY_OF_TASKS.has(name)) return { zh: `用 创建 f(…) 得到 任务，它才有 ${name}`, en: `创建 f(…) gives a 任务, which has ${name}` };
  if (USES[r.kind] !== undefined) return USES[r.kind];
  if (names.length > 0) {
    const shown = names.slice(0, MAX_LISTED);
    const more = names.length > MAX_LISTED;
    return { zh: `它有 ${shown.join('、')}${more ? ' 等' : ''}`, en: `it has ${shown.join(', ')}${more ? ' and more' : ''}` };
  }
  return r.kind === 'enum' ? { zh: '枚举的值用 匹配 分开：匹配 x { 甲 => …, 乙 => … }', en: 'values of an 枚举 are told apart by 匹配: 匹配 x { a => …, b => … }' } : undefined;
}

/** Values of built-in types are made without `新建`. */
const MADE: Readonly<Record<string, string>> = {
  列表: '[] 或 [甲, 乙]', 字典: '{} 或 {键: 值}', 集合: '集合<T>() 或 集合([甲, 乙])', 通道: '通道<T>(容量)', 选项: '有(x) 或 无', 结果: '成功(x) 或 失败(e)', 未来: '未来::就绪(x)', 任务: '创建 f(x)', 数组: '[0; 个数]', 错误: '错误("说明")',
};

/** The hint for a static function that a type does not have: how its values are made. */
export function howMade(type: Type | string, name: string): Localized | undefined {
  if (typeof type === 'string') {
    const module = ofModule(type, name);
    if (module !== undefined) return module;
    const made = MADE[type] ?? (/^新|^创建|^new$/u.test(name) ? `${type}()` : undefined);
    return made === undefined ? undefined : { zh: `直接写 ${made}`, en: `just write ${made.replace(' 或 ', ' or ')}` };
  }
  const r = resolve(type);
  if (r.kind !== 'struct' && r.kind !== 'enum') return { zh: `转换写 ${showType(r)}(x)`, en: `convert with ${showType(r)}(x)` };
  if (r.kind !== 'struct' || !/^新|^创建|^new$|^构造/u.test(name)) return undefined;
  const fields = r.def.fields.slice(0, MAX_LISTED).map((f) => `${f.name}: …`).join(', ');
  return { zh: `直接写 ${r.def.name} { ${fields} }`, en: `just write ${r.def.name} { ${fields} }` };
}
