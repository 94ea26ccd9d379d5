/**
 * match-check.ts — every 匹配 covers every value, and every arm can be reached.
 *
 * Runs when all types are final. An arm with a guard covers nothing, because the guard may not hold.
 * What is missing is shown as a pattern in Qi, ready to be written as an arm.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { resolve, type Type } from '../types.js';
import type { Body } from './body.js';
import { TooComplex, Usefulness } from './usefulness.js';

export interface MatchToCheck {
  readonly body: Body;
  readonly node: hir.Expr & { kind: 'match' };
  readonly head: ast.Span;
  /** A pattern outside 匹配 that must fit every value. */
  readonly isIrrefutable: boolean;
}

export function checkMatch({ body, node, head, isIrrefutable }: MatchToCheck): void {
  const types: readonly Type[] = [node.subject.type];
  try {
    const rows: (readonly hir.Pattern[])[] = [];
    const search = new Usefulness();
    for (const arm of node.arms) {
      const row = [arm.pattern];
      if (!search.useful(rows, row, types)) body.error('W3003', arm.pattern.span);
      if (arm.guard === undefined) rows.push(row);
    }
    const missing = new Usefulness().missing(rows, types);
    if (missing !== undefined) body.error(isIrrefutable ? 'E3061' : 'E3050', head, { 例子: showPattern(missing[0]!) });
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    // A last arm that takes everything makes it complete however complex the others are.
    if (!node.arms.some((arm) => arm.guard === undefined && (arm.pattern.kind === 'any' || arm.pattern.kind === 'bind'))) body.error('E3060', head);
  }
}

/** A pattern as it is written in Qi. */
export function showPattern(p: hir.Pattern): string {
  switch (p.kind) {
    case 'any': return '_';
    case 'bind': return p.local.name;
    case 'constant': return showLiteral(p.value);
    case 'range': return `${p.from === undefined ? '' : showLiteral(p.from)}..${p.inclusive ? '=' : ''}${p.to === undefined ? '' : showLiteral(p.to)}`;
    case 'none': return '无';
    case 'some': return `有(${showPattern(p.inner)})`;
    case 'variant': {
      const t = resolve(p.type);
      const name = t.kind === 'enum' ? t.def.variants[p.variant]!.name : '?';
      return p.args.length === 0 ? name : `${name}(${p.args.map(showPattern).join(', ')})`;
    }
    case 'fields': return showFields(p);
    case 'or': return p.alternatives.map(showPattern).join(' | ');
  }
}

function showFields(p: hir.Pattern & { kind: 'fields' }): string {
  const t = resolve(p.type);
  const parts = p.parts.map(showPattern);
  if (t.kind !== 'struct') return parts.length === 1 ? `(${parts[0]!},)` : `(${parts.join(', ')})`;
  if (t.def.isTuple) return `${t.def.name}(${parts.join(', ')})`;
  const named = t.def.fields.flatMap((f, i) => (parts[i] === '_' ? [] : [`${f.name}: ${parts[i]!}`]));
  return `${t.def.name} { ${[...named, ...(named.length < parts.length ? ['..'] : [])].join(', ')} }`;
}

function showLiteral(e: hir.Expr): string {
  switch (e.kind) {
    case 'int': return String(e.value);
    case 'float': return Number.isInteger(e.value) ? `${e.value}.0` : String(e.value);
    case 'bool': return e.value ? '真' : '假';
    case 'string': return JSON.stringify(e.value);
    case 'char': return /[\p{L}\p{N}\p{P}\p{S} ]/u.test(String.fromCodePoint(e.value)) ? `'${String.fromCodePoint(e.value)}'` : `'\\u{${e.value.toString(16)}}'`;
    default: return '_';
  }
}
