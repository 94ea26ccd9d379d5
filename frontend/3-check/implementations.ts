/**
 * implementations.ts — which types implement which traits.
 *
 * Asked at every comparison and formatted value, so implementations are kept by trait and by the head of their type: the
 * declaration of a struct or enum, the kind of any other. Rejected: one list, which made large programs quadratic.
 */
import type { Span } from '../ast.js';
import type { SourceFile } from '../source.js';
import type { Type } from '../types.js';
import type { TraitSymbol } from './scope.js';

/** 实现 特性 对于 类型 */
export interface Implementation {
  readonly trait: TraitSymbol;
  /** Of a generic type, POISON stands for its parameters. */
  readonly type: Type;
  /** The type and the trait's arguments with fresh variables for the parameters. */
  readonly open: () => { readonly type: Type; readonly args: readonly Type[] };
  readonly span: Span;
  readonly file: SourceFile;
}

const NONE: readonly Implementation[] = [];

export class Implementations {
  readonly #byTrait = new Map<TraitSymbol, Map<unknown, Implementation[]>>();

  get isEmpty(): boolean {
    return this.#byTrait.size === 0;
  }

  /** Whether any type implements the trait. */
  any(trait: TraitSymbol): boolean {
    return this.#byTrait.has(trait);
  }

  add(implementation: Implementation): void {
    const { trait, type } = implementation;
    let byHead = this.#byTrait.get(trait);
    if (byHead === undefined) this.#byTrait.set(trait, (byHead = new Map()));
    const head = headOf(type);
    const list = byHead.get(head);
    if (list === undefined) byHead.set(head, [implementation]);
    else list.push(implementation);
  }

  /** All of them, in no particular order. */
  *all(): Iterable<Implementation> {
    for (const byType of this.#byTrait.values()) for (const list of byType.values()) yield* list;
  }

  /** Those of a trait for types with the head of `type`: all that can fit it. */
  of(trait: TraitSymbol, type: Type): readonly Implementation[] {
    return this.#byTrait.get(trait)?.get(headOf(type)) ?? NONE;
  }
}

function headOf(t: Type): unknown {
  if (t.kind === 'struct') return t.def.instance?.origin ?? t.def;
  return t.kind === 'enum' ? t.def : t.kind;
}
