/**
 * unify.ts — equality constraints between types.
 *
 * Invariants
 * - Binding a variable is the only mutation; it happens once, in `bind`, after the occurs check.
 * - A literal's variable (`int`, `char`) binds only to types its literal can have.
 * - POISON stands for "an error was reported here": it unifies with everything and binds nothing
 *   useful, so one mistake gives one message.
 *
 * Rejected: a union-find over numbered type nodes. Qi's types are small trees and most are
 * primitive singletons; following `bound` links is faster than any table.
 */
import { BOOL, BYTES, CHAR, FLOAT, INT, NEVER, STRING, UNIT, mapType, payloadOf, resolve, type EnumDef, type Instance, type Type, type TypeVariable } from '../types.js';
import { isIntegral, isNumeric } from './numbers.js';

/** The type of an expression about which an error was already reported. */
export const POISON: TypeVariable = { kind: 'variable', id: -1, literal: 'none', bound: undefined };

export function isPoison(t: Type): boolean {
  return resolve(t) === POISON;
}

/** Makes `a` and `b` the same type if they can be. Returns false (possibly half bound) when they cannot. */
export function unify(a: Type, b: Type): boolean {
  a = resolve(a);
  b = resolve(b);
  if (a === b || a === POISON || b === POISON) return true;
  if (a.kind === 'variable') return b.kind === 'variable' ? link(a, b) : bind(a, b);
  if (b.kind === 'variable') return bind(b, a);
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'list': case 'option': case 'channel': case 'set': case 'pointer':
      return unify(a.elem, (b as typeof a).elem);
    case 'array':
      return a.length === (b as typeof a).length && unify(a.elem, (b as typeof a).elem);
    case 'dict':
      return unify(a.key, (b as typeof a).key) && unify(a.value, (b as typeof a).value);
    case 'struct':
      return a.def === (b as typeof a).def || unifyInstances(a.def.instance, (b as typeof a).def.instance);
    case 'tuple':
      return unifyAll(a.elems, (b as typeof a).elems);
    case 'enum':
      return a.def === (b as typeof a).def && unifyAll(a.args, (b as typeof a).args);
    case 'native':
      return a.class === (b as typeof a).class && unifyAll(a.args, (b as typeof a).args);
    case 'func': {
      const other = b as typeof a;
      if (a.params.length !== other.params.length) return false;
      for (let i = 0; i < a.params.length; i++) if (!unify(a.params[i]!, other.params[i]!)) return false;
      return unify(a.result, other.result);
    }
    case 'future': case 'task':
      return unify(a.value, (b as typeof a).value);
    case 'coroutine': {
      const other = b as typeof a;
      return unify(a.yields, other.yields) && unify(a.sends, other.sends) && unify(a.result, other.result);
    }
    default:
      return true;
  }
}

/** Instances of one generic declaration are the same when their arguments are. */
function unifyInstances(a: Instance<unknown> | undefined, b: Instance<unknown> | undefined): boolean {
  return a !== undefined && b !== undefined && a.origin === b.origin && a.args.every((t, i) => unify(t, b.args[i]!));
}

function unifyAll(a: readonly Type[], b: readonly Type[]): boolean {
  return a.length === b.length && a.every((t, i) => unify(t, b[i]!));
}

function link(a: TypeVariable, b: TypeVariable): boolean {
  if (a.literal === 'none') {
    a.bound = b;
    return true;
  }
  if (b.literal === 'none' || b.literal === a.literal || (b.literal === 'int' && a.literal === 'float')) {
    b.bound = a;
    return true;
  }
  if (a.literal === 'int' && b.literal === 'float') {
    a.bound = b;
    return true;
  }
  return false;
}

function bind(v: TypeVariable, t: Type): boolean {
  switch (v.literal) {
    case 'int':
      if (!isNumeric(t)) return false;
      break;
    case 'float':
      if (t.kind !== 'float' && t.kind !== 'float32') return false;
      break;
    case 'char':
      if (t.kind !== 'char' && t.kind !== 'string') return false;
      break;
    default:
      if (t.kind === 'never' || occurs(v, t)) return false;
  }
  v.bound = t;
  return true;
}

/** Whether `v` is part of `t`: binding it would make an infinite type. */
function occurs(v: TypeVariable, t: Type): boolean {
  t = resolve(t);
  switch (t.kind) {
    case 'variable': return t === v;
    case 'list': case 'array': case 'option': case 'channel': case 'set': case 'pointer': return occurs(v, t.elem);
    case 'dict': return occurs(v, t.key) || occurs(v, t.value);
    case 'tuple': return t.elems.some((e) => occurs(v, e));
    case 'enum': case 'native': return t.args.some((a) => occurs(v, a));
    case 'func': return t.params.some((p) => occurs(v, p)) || occurs(v, t.result);
    case 'future': case 'task': return occurs(v, t.value);
    case 'coroutine': return occurs(v, t.yields) || occurs(v, t.sends) || occurs(v, t.result);
    case 'struct': return t.def.instance?.args.some((a) => occurs(v, a)) === true;
    default: return false;
  }
}

/** The type a literal has when nothing asked for another; undefined for a variable that is no literal's. */
export function defaultOf(v: TypeVariable): Type | undefined {
  switch (v.literal) {
    case 'int': return INT;
    case 'float': return FLOAT;
    case 'char': return CHAR;
    default: return undefined;
  }
}

/** Gives a literal's variable its default type now; other types are left alone. */
export function settle(t: Type): Type {
  const r = resolve(t);
  if (r.kind !== 'variable' || r.literal === 'none') return r;
  return (r.bound = defaultOf(r)!);
}

/** `settle` for a value and what it holds: `[1]` in a variable is a list of 整数. Functions stay open for their callers. */
export function settleParts(t: Type): Type {
  const r = resolve(t);
  switch (r.kind) {
    case 'list': case 'array': case 'option': case 'set': case 'pointer':
      settleParts(r.elem);
      return r;
    case 'tuple':
      r.elems.forEach(settleParts);
      return r;
    case 'enum': case 'native':
      r.args.forEach(settleParts);
      return r;
    case 'dict':
      settleParts(r.key);
      settleParts(r.value);
      return r;
    case 'future': case 'task':
      settleParts(r.value);
      return r;
    case 'struct':
      r.def.instance?.args.forEach(settleParts);
      return r;
    default:
      return settle(r);
  }
}

/** A part of `t` that is still to be inferred. */
export function openPart(t: Type): TypeVariable | undefined {
  let found: TypeVariable | undefined;
  mapType(t, (part) => {
    if (part.kind === 'variable' && part !== POISON) found ??= part;
    return undefined;
  });
  return found;
}

/** Whether anything in `t` is still to be inferred. */
export function isOpen(t: Type): boolean {
  t = resolve(t);
  switch (t.kind) {
    case 'variable': return t !== POISON;
    case 'list': case 'array': case 'option': case 'channel': case 'set': case 'pointer': return isOpen(t.elem);
    case 'dict': return isOpen(t.key) || isOpen(t.value);
    case 'tuple': return t.elems.some(isOpen);
    case 'enum': case 'native': return t.args.some(isOpen);
    case 'func': return t.params.some(isOpen) || isOpen(t.result);
    case 'future': case 'task': return isOpen(t.value);
    case 'coroutine': return isOpen(t.yields) || isOpen(t.sends) || isOpen(t.result);
    case 'struct': return t.def.instance?.args.some(isOpen) === true;
    default: return false;
  }
}

/**
 * `t` without variables: literals get their defaults, and for any other unbound variable
 * `unknown` decides (it reports, and gives the type to go on with).
 */
export function zonk(t: Type, unknown: (v: TypeVariable) => Type): Type {
  return mapType(t, (part) => {
    if (part.kind === 'struct') {
      part.def.instance?.args.forEach((a) => zonk(a, unknown));
      return part;
    }
    if (part.kind !== 'variable' || part === POISON) return undefined;
    return (part.bound = defaultOf(part) ?? unknown(part));
  });
}

/** What a use demands of a type beyond its shape. */
export type Bound = 'numeric' | 'ordered' | 'hashable' | 'integral';

/** true or false when known, undefined while the type is still open. */
export function satisfies(t: Type, bound: Bound): boolean | undefined {
  t = resolve(t);
  if (t === POISON) return true;
  if (t.kind === 'variable') {
    if (t.literal === 'none') return undefined;
    if (t.literal === 'char') return bound === 'ordered' || bound === 'hashable';
    if (bound === 'numeric' || bound === 'ordered') return true;
    return t.literal === 'float' ? false : undefined;
  }
  switch (bound) {
    case 'numeric': return isNumeric(t);
    case 'integral': return isIntegral(t);
    case 'ordered': return t.kind === 'tuple' ? every(t.elems, (part) => satisfies(part, 'ordered')) : isNumeric(t) || t === CHAR || t === STRING;
    case 'hashable': return hashable(t, []);
  }
}

/** Keys by content: tuples, enums and options of keys. An enum that contains itself is a key if nothing else speaks against it. */
function hashable(t: Type, within: readonly EnumDef[]): boolean | undefined {
  t = resolve(t);
  if (t.kind === 'variable') return satisfies(t, 'hashable');
  let parts: readonly Type[];
  if (t.kind === 'tuple') parts = t.elems;
  else if (t.kind === 'option') parts = [t.elem];
  else if (t.kind === 'enum') {
    const whole = t;
    const { def } = whole;
    if (within.includes(def)) return true;
    within = [...within, def];
    parts = def.variants.flatMap((_, i) => payloadOf(whole, i));
  } else return isIntegral(t) || t === BOOL || t === CHAR || t === STRING || t === BYTES;
  return every(parts, (part) => hashable(part, within));
}

/** false when one is false, else undefined when one is not known. */
function every(parts: readonly Type[], test: (part: Type) => boolean | undefined): boolean | undefined {
  let all: boolean | undefined = true;
  for (const part of parts) {
    const one = test(part);
    if (one === false) return false;
    if (one === undefined) all = undefined;
  }
  return all;
}

/** The type to assume for a still unknown one that a bound was put on. */
export function assumedFor(bound: Bound): Type {
  return bound === 'hashable' ? STRING : INT;
}

export { NEVER, UNIT };
