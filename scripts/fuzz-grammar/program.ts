/**
 * Whole programs: types, functions in two levels (those of the second call the first), and an entry or statements at top
 * level that use them. Every declaration is in one of the spellings the language accepts.
 */
import { expression, literal, type Context, type FunctionDecl, type Parameter, type Variable } from './expressions.js';
import { Random } from './random.js';
import { print, statement, type Place } from './statements.js';
import { INT, STRING, UNIT, randomType, written, type EnumDecl, type FuzzType, type StructDecl } from './types.js';

export interface Program {
  readonly text: string;
  /** Its output may depend on the schedule only if the language says so: it uses tasks, channels or 协程. */
  readonly concurrent: boolean;
}

/** The program of a seed. */
export function generate(seed: number): Program {
  return new Generator(new Random(seed)).program();
}

class Generator {
  readonly #r: Random;
  readonly #structs: StructDecl[] = [];
  readonly #enums: EnumDecl[] = [];
  readonly #functions: FunctionDecl[] = [];
  readonly #globals: Variable[] = [];
  readonly #concurrent: boolean;
  #names = 0;

  constructor(r: Random) {
    this.#r = r;
    this.#concurrent = r.oneIn(3);
  }

  program(): Program {
    const r = this.#r;
    const parts: string[][] = [];
    for (let n = r.below(2); n > 0; n--) parts.push(this.#struct());
    for (let n = r.below(2); n > 0; n--) parts.push(this.#enum());
    const globals = r.oneIn(3) ? this.#global() : [];
    if (r.oneIn(8)) parts.push(...this.#trait());
    for (let level = 0; level < 2; level++) {
      const made = r.times(r.below(2), () => this.#function());
      // Functions of a level do not see each other, so that no program calls for long.
      for (const { decl, lines } of made) {
        this.#functions.push(decl);
        parts.push(lines);
      }
    }
    const main = this.#main();
    const lines = [...globals, ...this.#shuffled(parts).flatMap((part) => [...part, '']), ...main];
    return { text: `${lines.join('\n')}\n`, concurrent: this.#concurrent };
  }

  readonly #fresh = (stem: string): string => `${stem}${++this.#names}`;

  #context(variables: readonly Variable[]): Context {
    return {
      r: this.#r, structs: this.#structs, enums: this.#enums, functions: [...this.#functions], variables: [...this.#globals, ...variables],
      concurrent: this.#concurrent, fresh: this.#fresh,
    };
  }

  #shuffled<T>(items: readonly T[]): T[] {
    const list = [...items];
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.#r.below(i + 1);
      [list[i], list[j]] = [list[j]!, list[i]!];
    }
    return list;
  }

  #type(depth = 2): FuzzType {
    return randomType(this.#r, this.#structs, this.#enums, depth);
  }

  #struct(): string[] {
    const r = this.#r;
    const params = r.oneIn(3) ? ['T'] : [];
    const isTuple = r.oneIn(4);
    const field = (i: number): FuzzType => (params.length > 0 && (i === 0 || r.oneIn(3)) ? { kind: 'param', name: 'T' } : this.#type(1));
    const fields = r.times(1 + r.below(3), (i) => ({ name: isTuple ? String(i) : this.#fresh('字段'), type: field(i) }));
    const def: StructDecl = { name: this.#fresh('类'), params, isTuple, fields };
    this.#structs.push(def);
    const head = `${def.name}${params.length > 0 ? '<T>' : ''}`;
    if (isTuple) return [`结构体 ${head}(${fields.map((f) => written(f.type)).join(', ')})`];
    if (r.oneIn(2)) return [`类型 ${head} {`, ...fields.map((f) => `    ${written(f.type)} ${f.name};`), '}'];
    return [`结构体 ${head} {`, ...fields.map((f) => `    ${f.name}: ${written(f.type)},`), '}'];
  }

  #enum(): string[] {
    const r = this.#r;
    const variants = r.times(1 + r.below(4), () => ({ name: this.#fresh('变'), values: r.times(r.below(3), () => this.#type(1)) }));
    const def: EnumDecl = { name: this.#fresh('枚'), variants };
    this.#enums.push(def);
    return [`枚举 ${def.name} {`, ...variants.map((v) => `    ${v.name}${v.values.length === 0 ? '' : `(${v.values.map(written).join(', ')})`},`), '}'];
  }

  #global(): string[] {
    const c = this.#context([]);
    const type = this.#type();
    const name = this.#fresh('全局');
    const line = `变量 ${name}: ${written(type)} = ${literal(c, type)};`;
    this.#globals.push({ name, type, mutable: true });
    return [line];
  }

  /** A trait, implemented for every plain struct and for 整数; a function over its values; one with a bound. */
  #trait(): string[][] {
    const r = this.#r;
    const [trait, method, other, dynamic, bound] = ['特', '法', '默', '动', '界'].map(this.#fresh) as [string, string, string, string, string];
    const result = this.#type(1);
    const targets: FuzzType[] = [INT, ...this.#structs.filter((s) => s.params.length === 0).map((def): FuzzType => ({ kind: 'struct', def, args: [] }))];
    const implementations = targets.map((t): string[] => {
      const self: Variable = { name: '自身', type: t, mutable: false };
      return [
        `实现 ${trait} 对于 ${written(t)} {`, `    函数 ${method}(): ${written(result)} { 返回 ${expression(this.#context([self]), result, 2)}; }`,
        ...(r.oneIn(3) ? [`    函数 ${other}(): 字符串 { 返回 "己" + 自身; }`] : []), '}',
      ];
    });
    const values = (): string => targets.map((t) => literal(this.#context([]), t)).join(', ');
    const decl = (name: string): FunctionDecl => ({ name, flavour: 'plain', owner: undefined, typeParams: [], params: [], result: STRING });
    this.#functions.push(decl(dynamic));
    return [
      [`特性 ${trait} {`, `    函数 ${method}(): ${written(result)};`, `    函数 ${other}(): 字符串 { 返回 "默" + 自身.${method}(); }`, '}'],
      ...implementations,
      [`函数<T: ${trait}> ${bound}(物: T): 字符串 { 返回 物.${other}() + 物.${method}(); }`],
      [
        `函数 ${dynamic}(): 字符串 {`, `    变量 众: [${trait}] = [${values()}]`, '    变量 文 = ""', `    对于 物 在 众 { 文 += 物.${other}() + 物.${method}() }`,
        `    返回 文 + ${bound}(${literal(this.#context([]), r.pick(targets))})`, '}',
      ],
    ];
  }

  #function(): { decl: FunctionDecl; lines: string[] } {
    const r = this.#r;
    if (r.oneIn(5)) return this.#generic();
    const flavour = this.#concurrent ? r.pick<FunctionDecl['flavour']>(['plain', 'async', 'coroutine', 'method']) : r.pick<FunctionDecl['flavour']>(['plain', 'plain', 'method', 'static']);
    const owners = this.#structs.filter((s) => s.params.length === 0);
    const owner: FuzzType | undefined = flavour !== 'method' && flavour !== 'static' ? undefined
      : owners.length === 0 ? undefined : { kind: 'struct', def: r.pick(owners), args: [] };
    const real = owner === undefined && (flavour === 'method' || flavour === 'static') ? 'plain' : flavour;
    const result = real === 'coroutine' ? this.#type(1) : r.oneIn(8) ? UNIT : this.#type();
    const params = this.#params();
    const decl: FunctionDecl = { name: this.#fresh('函'), flavour: real, owner, typeParams: [], params, result };
    const self: Variable[] = real === 'method' ? [{ name: '自身', type: owner!, mutable: false }] : [];
    const c = this.#context([...self, ...params.map((p) => ({ name: p.name, type: p.type, mutable: true }))]);
    const place: Place = { result: real === 'coroutine' ? undefined : result, inLoop: false, yields: real === 'coroutine' ? result : undefined };
    const body = statementsInto(c, place, 3);
    if (place.yields !== undefined) body.push(`挂起 ${expression(c, result, 1)};`);
    else if (result.kind !== 'unit') body.push(`返回 ${expression(c, result, 2)};`);
    return { decl, lines: this.#declared(decl, body.map((line) => `    ${line}`)) };
  }

  #params(): Parameter[] {
    const r = this.#r;
    let defaults = false;
    return r.times(r.below(4), (): Parameter => {
      const type = this.#type(1);
      defaults ||= r.oneIn(5);
      return { name: this.#fresh('参'), type, default: defaults ? literal(this.#context([]), type) : undefined };
    });
  }

  /** The declaration around a body, in some spelling. */
  #declared(decl: FunctionDecl, body: readonly string[]): string[] {
    const r = this.#r;
    const param = (p: Parameter): string => {
      const plain = /^[一-龥]+$/.test(written(p.type)) && r.oneIn(3);
      return `${plain ? `${written(p.type)} ${p.name}` : `${p.name}: ${written(p.type)}`}${p.default === undefined ? '' : ` = ${p.default}`}`;
    };
    const params = decl.params.map(param).join(', ');
    const result = decl.flavour === 'coroutine' ? '' : decl.result.kind === 'unit' && r.oneIn(2) ? '' : r.pick([`: ${written(decl.result)}`, ` -> ${written(decl.result)}`]);
    const owner = decl.owner === undefined ? '' : written(decl.owner);
    switch (decl.flavour) {
      case 'async': return [`异步 函数 ${decl.name}(${params})${result} {`, ...body, '}'];
      case 'coroutine': return [`协程 ${decl.name}(${params}) {`, ...body, '}'];
      case 'static': return [`实现 ${owner} {`, `静态 函数 ${decl.name}(${params})${result} {`, ...body, '}', '}'];
      case 'method':
        return r.oneIn(2) ? [`函数 (自身 ${owner}) ${decl.name}(${params})${result} {`, ...body, '}'] : [`方法 ${owner} {`, `函数 ${decl.name}(${params})${result} {`, ...body, '}', '}'];
      default: return [`函数 ${decl.name}(${params})${result} {`, ...body, '}'];
    }
  }

  /** A function whose first type parameter is its result. */
  #generic(): { decl: FunctionDecl; lines: string[] } {
    const r = this.#r;
    const T: FuzzType = { kind: 'param', name: 'T' };
    const U: FuzzType = { kind: 'param', name: 'U' };
    const typeParams = r.oneIn(2) ? ['T'] : ['T', 'U'];
    const params: Parameter[] = [{ name: this.#fresh('参'), type: T, default: undefined }, { name: this.#fresh('参'), type: r.pick<FuzzType>([T, { kind: 'list', elem: T }, { kind: 'option', elem: T }]), default: undefined }];
    if (typeParams.length === 2) params.push({ name: this.#fresh('参'), type: U, default: undefined });
    const decl: FunctionDecl = { name: this.#fresh('泛'), flavour: 'plain', owner: undefined, typeParams, params, result: T };
    const c = this.#context(params.map((p) => ({ name: p.name, type: p.type, mutable: true })));
    const untyped = params.every((p) => p.type.kind === 'param') && r.oneIn(3);
    const body = [print({ ...c, functions: [] }), `打印行(${params.map((p) => p.name).join(', ')})`, `返回 ${expression({ ...c, functions: [] }, T, 2)};`];
    const head = untyped && typeParams.length > 1
      ? `函数 ${decl.name}(${params.map((p) => p.name).join(', ')})`
      : r.oneIn(2) ? `函数<${typeParams.join(', ')}> ${decl.name}(${params.map((p) => `${p.name}: ${written(p.type)}`).join(', ')}): T` : `函数 ${decl.name}<${typeParams.join(', ')}>(${params.map((p) => `${p.name}: ${written(p.type)}`).join(', ')}): T`;
    return { decl, lines: [`${head} {`, ...body.map((line) => `    ${line}`), '}'] };
  }

  #main(): string[] {
    const r = this.#r;
    const c = this.#context([]);
    const place: Place = { result: undefined, inLoop: false, yields: undefined };
    const body = [...statementsInto(c, place, 3), ...this.#functions.flatMap((f) => this.#use(c, f))];
    if (r.oneIn(4) && this.#globals.length === 0) return body;
    const head = r.pick(['函数 入口()', '函数 主()', '函数 入口() -> 整数']);
    const last = head.endsWith('整数') ? [`    返回 ${r.below(5)}`] : [];
    return [`${head} {`, ...body.map((line) => `    ${line}`), ...last, '}'];
  }

  /** A statement that calls the function, so that nothing is dead. */
  #use(c: Context, f: FunctionDecl): string[] {
    if (f.typeParams.length > 0 || f.flavour === 'coroutine') return statement(c, { result: undefined, inLoop: false, yields: undefined }, 0);
    const args = f.params.filter((p) => p.default === undefined).map((p) => expression(c, p.type, 1)).join(', ');
    const call = f.flavour === 'method' ? `${expression(c, f.owner!, 1)}.${f.name}(${args})` : f.flavour === 'static' ? `${written(f.owner!)}::${f.name}(${args})` : `${f.name}(${args})`;
    const value = f.flavour === 'async' ? `等待 ${call}` : call;
    return [f.result.kind === 'unit' ? value : `打印行(${value})`];
  }
}

/** Statements whose declarations stay visible to what follows. */
function statementsInto(c: Context, place: Place, size: number): string[] {
  const lines: string[] = [];
  for (let n = 1 + c.r.below(size); n > 0; n--) lines.push(...statement(c, place, c.r.below(3)));
  return lines;
}
