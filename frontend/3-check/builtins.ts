/**
 * builtins.ts — the runtime's functions as the checker sees them.
 *
 * natives.def (through generated/natives.ts) is the only list of them; this file parses its type
 * strings and indexes rows by name and by the kind of their receiver. Nothing here is mutable after
 * the module is loaded: a use instantiates a row's type variables afresh.
 */
import { NATIVES, type NativeInfo } from '../generated/natives.js';
import { BOOL, BYTE, BYTES, CHAR, ERROR, FLOAT, FLOAT32, INT, INT128, INT32, RANGE, STRING, UNIT, nativeType, type EnumDef, type Type } from '../types.js';
import type { Checker } from './body.js';
import type { Bound } from './unify.js';

/** The types of one use of a native. */
export interface NativeUse {
  readonly native: NativeInfo;
  readonly receiver: Type | undefined;
  readonly params: readonly { readonly name: string; readonly type: Type; readonly default: string | undefined }[];
  readonly result: Type;
  /** Bounds of the row's type variables, to be demanded where the use stands. */
  readonly bounds: readonly { readonly type: Type; readonly bound: Bound }[];
}

const functions = new Map<string, NativeInfo>();
/** Functions of the library's modules, by module and name. */
const modules = new Map<string, Map<string, NativeInfo>>();
const methods = new Map<string, Map<string, NativeInfo>>();
const bySymbol = new Map<string, NativeInfo>();

const RECEIVER_KINDS: Readonly<Record<string, Type['kind']>> = {
  整数: 'int', 浮点数: 'float', 布尔: 'bool', 字符: 'char', 字符串: 'string', 错误: 'error',
  短整数: 'int32', 字节: 'byte', 长整数: 'int128', 单精度浮点: 'float32', 字节串: 'bytes', 范围: 'range', 集合: 'set', 数组: 'array', 指针: 'pointer',
  列表: 'list', 字典: 'dict', 选项: 'option', 未来: 'future', 任务: 'task', 协程: 'coroutine', 通道: 'channel',
};

/** The word of the table for 列表 or 数组: in one row, always the same of both. */
export const SEQUENCE = '序列';
const SEQUENCE_KINDS = ['list', 'array'] as const;

for (const native of NATIVES) {
  bySymbol.set(native.symbol, native);
  if (native.receiver === '') {
    let table = functions;
    if (native.module !== undefined) {
      table = modules.get(native.module) ?? new Map();
      modules.set(native.module, table);
    }
    for (const name of native.names) {
      if (native.internal) continue;
      table.set(name, native);
      if (native.global === true) functions.set(name, native);
    }
    continue;
  }
  const head = /^[^<]+/.exec(native.receiver)![0];
  for (const kind of head === SEQUENCE ? SEQUENCE_KINDS : [RECEIVER_KINDS[head] ?? head]) {
    let table = methods.get(kind);
    if (table === undefined) methods.set(kind, (table = new Map()));
    for (const name of native.names) table.set(name, native);
  }
}

export function nativeFunction(name: string): NativeInfo | undefined {
  return functions.get(name);
}

/** The functions a module of the library (`标准库.数学`) has in the runtime, by name. */
export function moduleNatives(module: string): ReadonlyMap<string, NativeInfo> {
  return modules.get(module) ?? new Map();
}

/** A module of the library that has a function of this name. */
export function moduleOffering(name: string): string | undefined {
  for (const [module, table] of modules) if (table.has(name)) return module;
  return undefined;
}

/** The functions in C of all modules. */
export function moduleFunctionNames(): string[] {
  return [...modules.values()].flatMap((table) => [...table.keys()]);
}

export function nativeMethod(t: Type, name: string): NativeInfo | undefined {
  const found = methods.get(methodTable(t))?.get(name);
  return found === undefined && t.kind === 'task' ? methods.get('future')?.get(name) : found;
}

export function nativeBySymbol(symbol: string): NativeInfo {
  const found = bySymbol.get(symbol);
  if (found === undefined) throw new Error(`no native ${symbol}`);
  return found;
}

export function nativeFunctionNames(): Iterable<string> {
  return functions.keys();
}

/** Has any built-in type a method of this name? */
export function isMethodName(name: string): boolean {
  for (const table of methods.values()) if (table.has(name)) return true;
  return false;
}

export function nativeMethodNames(t: Type): Iterable<string> {
  return methods.get(methodTable(t))?.keys() ?? [];
}

/** Under which key a type's methods stand: its kind, or its class. */
export function methodTable(t: Type): string {
  return t.kind === 'native' ? t.class : t.kind;
}

/** Under which key the program's methods of a type without a declaration in it stand: each enum of the language and each trait has its own. */
export function extensionKey(t: Type): string | EnumDef {
  return t.kind === 'enum' ? t.def : methodTable(t);
}

/** A row with fresh type variables. `sequence` says what 序列 is in this use. */
export function instantiate(native: NativeInfo, checker: Checker, sequence: 'list' | 'array'): NativeUse {
  const variables = new Map<string, Type>();
  const parse = (text: string): Type => parseType(text, checker, variables, sequence);
  const receiver = native.receiver === '' ? undefined : parse(native.receiver);
  const params = native.params.map((p) => ({ name: p.name, type: parse(p.type), default: p.default }));
  const result = parse(native.result);
  const bounds: { type: Type; bound: Bound }[] = [];
  const key = variables.get('K');
  const ordered = variables.get('O');
  const number = variables.get('N');
  if (key !== undefined) bounds.push({ type: key, bound: 'hashable' });
  if (ordered !== undefined) bounds.push({ type: ordered, bound: 'ordered' });
  if (number !== undefined) bounds.push({ type: number, bound: 'numeric' });
  return { native, receiver, params, result, bounds };
}

const NAMED: Readonly<Record<string, Type>> = {
  整数: INT, 浮点数: FLOAT, 布尔: BOOL, 字符: CHAR, 字符串: STRING, 空: UNIT,
  短整数: INT32, 字节: BYTE, 长整数: INT128, 单精度浮点: FLOAT32, 字节串: BYTES, 范围: RANGE, 错误: ERROR,
};

const SEQUENCE_NAMES = { list: '列表', array: '数组' } as const;

/** Reads a canonical type. Capital letters are the row's variables, 任意 is a new one each time. */
function parseType(text: string, checker: Checker, variables: Map<string, Type>, sequence: 'list' | 'array'): Type {
  const simple = NAMED[text];
  if (simple !== undefined) return simple;
  let at = 0;
  const type = (): Type => {
    const start = at;
    while (at < text.length && !'<>,'.includes(text[at]!)) at++;
    const name = text.slice(start, at).trim();
    if (text[at] !== '<') return named(name);
    const args: Type[] = [];
    do {
      at++;
      args.push(type());
    } while (text[at] === ',');
    at++;
    const [a, b, c] = args;
    switch (name === SEQUENCE ? SEQUENCE_NAMES[sequence] : name) {
      case '列表': return { kind: 'list', elem: a! };
      case '数组': return { kind: 'array', elem: a!, length: undefined };
      case '集合': return { kind: 'set', elem: a! };
      case '指针': return { kind: 'pointer', elem: a! };
      case '字典': return { kind: 'dict', key: a!, value: b! };
      case '选项': return { kind: 'option', elem: a! };
      case '未来': return { kind: 'future', value: a! };
      case '任务': return { kind: 'task', value: a! };
      case '通道': return { kind: 'channel', elem: a! };
      case '协程': return { kind: 'coroutine', yields: a!, sends: b!, result: c! };
      default: {
        const native = nativeType(name, args);
        if (native !== undefined) return native;
        throw new Error(`natives.def: unknown type ${name}`);
      }
    }
  };
  const named = (name: string): Type => {
    const known = NAMED[name] ?? variables.get(name) ?? nativeType(name, []);
    if (known !== undefined) return known;
    if (name !== '任意' && !/^[A-Z]$/.test(name)) throw new Error(`natives.def: unknown type ${name}`);
    const fresh = checker.fresh();
    if (name !== '任意') variables.set(name, fresh);
    return fresh;
  };
  return type();
}

/** Names of the language's built-in functions that this version lacks: refused by name, not "undefined". */
const LATER_FUNCTIONS: ReadonlySet<string> = new Set([
  '读取文件', '写入文件', '追加文件', '删除文件', '创建文件', '文件存在', '文件大小', '创建目录', '删除目录',
  '文件读取_异步', '文件写入_异步', '文件打开_异步', '文件关闭_异步', '网络请求_异步',
]);

/** The construct that an unknown name belongs to, when it is one this version refuses. */
export function laterFeature(name: string): string | undefined {
  return LATER_FUNCTIONS.has(name) ? name : undefined;
}
