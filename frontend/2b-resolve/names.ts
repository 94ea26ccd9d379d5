/**
 * names.ts — what a file defines and what it needs from elsewhere, from its syntax alone.
 *
 * `freeNames` decides which sibling files are pulled in, before types are known. Within one top-level item a name
 * counts as bound from its first binding on, in the order of evaluation; that is coarser than scopes and errs only
 * when one function uses a name both as its own and as a sibling's. Rejected: asking the checker, which would check
 * every file again for each file it pulls in.
 */
import type * as ast from '../ast.js';
import { isTypeName } from '../2-parse/english.js';

/** Top-level names of a file and where they stand, methods excluded. */
export function topLevelNames(unit: ast.SourceUnit): Map<string, ast.Span> {
  const names = new Map<string, ast.Span>();
  const add = (name: ast.Name): void => {
    if (!names.has(name.text)) names.set(name.text, name.span);
  };
  for (const item of unit.items) {
    switch (item.kind) {
      case 'FunctionDecl':
        if (item.receiver === undefined) add(item.name);
        break;
      case 'StructDecl': case 'EnumDecl': case 'TraitDecl': case 'TypeAliasDecl':
        add(item.name);
        break;
      case 'VarDecl':
        for (const b of item.bindings) add(b.name);
        break;
      case 'AssignStmt':
        if (item.op !== undefined) break;
        for (const t of item.targets) if (t.kind === 'NameExpr') add({ kind: 'Name', text: t.name, span: t.span });
        break;
    }
  }
  return names;
}

/** A method that a file declares for a type; `instance` is `<整数>` when it is for that one only. */
export interface MethodOf { readonly type: string; readonly instance: string; readonly method: string }

/** Methods a file declares for types, by the name of the type. */
export function methodsOf(unit: ast.SourceUnit): MethodOf[] {
  const found: MethodOf[] = [];
  const add = (t: ast.TypeExpr, method: ast.Name): void => {
    if (t.kind !== 'NamedType') return;
    // What is no type of the language may be a type parameter.
    const args = t.args.map((a) => (a.kind === 'NamedType' && a.path.length === 1 && isTypeName(a.path[0]!.text) ? a.path[0]!.text : ''));
    found.push({ type: t.path[0]!.text, instance: args.length === 0 || args.includes('') ? '' : `<${args.join(',')}>`, method: method.text });
  };
  for (const item of unit.items) {
    if (item.kind === 'FunctionDecl' && item.receiver !== undefined) add(item.receiver.type, item.name);
    else if (item.kind === 'ImplDecl') for (const m of item.methods) add(item.target, m.name);
  }
  return found;
}

export interface Needs {
  /** Names used that no item of the file binds before. */
  readonly free: Set<string>;
  /** Names after a `.` or `::`, with the name before it when that is a plain one. */
  readonly members: { readonly base: string | undefined; readonly name: string }[];
}

type Node = { readonly kind: string } & Record<string, unknown>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && (value as Node).kind !== undefined;

/** What a file uses. Names of its own top level are among `free`. */
export function needsOf(unit: ast.SourceUnit): Needs {
  const walker = new Walker();
  for (const item of unit.items) {
    walker.bound.clear();
    walker.visit(item as unknown as Node);
  }
  return { free: walker.free, members: walker.members };
}

class Walker {
  readonly free = new Set<string>();
  readonly members: { base: string | undefined; name: string }[] = [];
  readonly bound = new Set<string>();

  visit(value: unknown): void {
    if (Array.isArray(value)) {
      for (const element of value) this.visit(element);
      return;
    }
    if (!isNode(value)) return;
    switch (value.kind) {
      case 'Name': case 'IntLiteral': case 'FloatLiteral': case 'StringLiteral': case 'CharLiteral': case 'BoolLiteral': return;
      // The commonest nodes by their parts: the loop over the keys of others is slow.
      case 'Block': return this.visit(value['statements']);
      case 'ExprStmt': return this.visit(value['expr']);
      case 'ReturnStmt': case 'Argument': return this.visit(value['value']);
      case 'CallExpr':
        this.visit(value['callee']);
        return this.visit(value['args']);
      case 'IndexExpr':
        this.visit(value['object']);
        return this.visit(value['index']);
      case 'BinaryExpr': return this.#chain(value);
      case 'IfExpr': return this.#ladder(value);
      case 'NameExpr':
        this.#use(value['name'] as string);
        return;
      case 'NamedType': case 'VariantPattern': case 'StructPattern': {
        const path = value['path'] as readonly ast.Name[];
        if (path[0] !== undefined) this.#use(path[0].text);
        if (path[1] !== undefined) this.members.push({ base: path[0]!.text, name: path[1].text });
        break;
      }
      case 'MemberExpr': case 'PathExpr': {
        const base = value['object'] ?? value['base'];
        const name = isNode(base) && base.kind === 'NameExpr' ? (base['name'] as string) : undefined;
        this.members.push({ base: name, name: (value['name'] as ast.Name).text });
        return this.visit(base);
      }
      case 'AssignStmt':
        // Values come first; a target alone declares its name, a compound one reads it.
        this.visit(value['values']);
        for (const target of value['targets'] as readonly Node[]) {
          if (target.kind === 'NameExpr' && value['op'] === undefined) this.#bind(target['name'] as string);
          else this.visit(target);
        }
        return;
      case 'VarDecl':
        this.visit(value['values']);
        this.#shape(value['shape'] as ast.TupleShape | undefined);
        for (const b of value['bindings'] as readonly ast.VarBinding[]) {
          this.visit(b.type);
          this.#bind(b.name.text);
        }
        return;
      case 'Param':
        this.visit(value['type']);
        this.visit(value['default']);
        this.#bind((value['name'] as ast.Name).text);
        return;
      case 'TypeParam': case 'Receiver':
        this.visit(value['bounds']);
        this.visit(value['type']);
        this.#bind((value['name'] as ast.Name).text);
        return;
      case 'NamePattern':
        this.#bind((value['name'] as ast.Name).text);
        return;
      case 'ForRangeStmt':
        for (const key of ['from', 'to', 'step']) this.visit(value[key]);
        this.#bind((value['name'] as ast.Name).text);
        this.visit(value['body']);
        return;
      case 'ForInStmt':
        this.visit(value['iterable']);
        break;
      case 'CatchClause':
        for (const key of ['nameOrKind', 'binding']) {
          const name = value[key] as ast.Name | undefined;
          if (name !== undefined) this.#bind(name.text);
        }
        break;
      case 'ReceiveOperation': case 'AwaitOperation':
        if (value['declares'] === true) {
          for (const t of value['targets'] as readonly Node[]) if (t.kind === 'NameExpr') this.#bind(t['name'] as string);
        }
        break;
    }
    for (const key in value) {
      const part = value[key];
      // Most are numbers, words and the span: a call for each would double the time.
      if (typeof part === 'object' && part !== null && key !== 'span') this.visit(part);
    }
  }

  /** Chains of operators and ladders of 否则 如果 may be thousands of links long: they are walked in loops. */
  #chain(node: Node): void {
    const rights: unknown[] = [];
    let left: unknown = node;
    for (; isNode(left) && left.kind === 'BinaryExpr'; left = left['left']) rights.push(left['right']);
    this.visit(left);
    for (let i = rights.length - 1; i >= 0; i--) this.visit(rights[i]);
  }

  #ladder(node: Node): void {
    let branch: unknown = node;
    for (; isNode(branch) && branch.kind === 'IfExpr'; branch = branch['else']) {
      this.visit(branch['condition']);
      this.visit(branch['then']);
    }
    this.visit(branch);
  }

  /** The types that a nested taking apart names. */
  #shape(shape: ast.TupleShape | undefined): void {
    if (shape === undefined) return;
    this.visit(shape.type);
    for (const part of shape.parts) this.#shape(part);
  }

  #use(name: string): void {
    if (!this.bound.has(name)) this.free.add(name);
  }

  #bind(name: string): void {
    this.bound.add(name);
  }
}
