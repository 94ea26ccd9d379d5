/**
 * select.ts — 选择: operands first, then SELECT with one word per case, then the bodies.
 *
 * A case that receives without 成 from a channel found closed receives again with RECV, which
 * throws E6002: a closed, empty channel stays so.
 */
import type { SelectCase, Stmt } from '../hir.js';
import { isReference } from '../types.js';
import { assignRegister, elemOf, pairRefs, receivedValue, unpackPair } from './async.js';
import type { FunctionBuilder } from './builder.js';
import { refA } from './calls.js';
import { REF_B } from './ir.js';
import { declare } from './locals.js';

type Case<K extends SelectCase['kind']> = Extract<SelectCase, { kind: K }>;

/** What the verifier takes. */
const MAX_CASES = 256;

/** What a case's word needs: its operands' registers. */
interface Operands { readonly first: number; readonly second: number }

export function select(f: FunctionBuilder, s: Extract<Stmt, { kind: 'select' }>): void {
  const at = s.span.start;
  if (s.cases.length > MAX_CASES) f.limit({ zh: '个 情况', en: 'cases in one 选择' }, MAX_CASES, s.span);
  const mark = f.enter();
  const operands = s.cases.map((c, i): Operands => operandsOfCase(f, c, s.cases.slice(i + 1)));
  const pair = f.alloc(2);
  const labels = s.cases.map(() => f.newLabel());
  const end = f.newLabel();
  f.emit(at, 'SELECT', s.cases.length);
  s.cases.forEach((c, i) => word(f, c, operands[i]!, pair, labels[i]!));
  s.cases.forEach((c, i) => {
    f.place(labels[i]!);
    const scope = f.enter();
    prologue(f, c, operands[i]!, pair);
    f.block(c.body);
    f.leave(scope);
    f.jump(at, end);
  });
  f.place(end);
  f.leave(mark);
}

function operandsOfCase(f: FunctionBuilder, c: SelectCase, rest: readonly SelectCase[]): Operands {
  const later = rest.flatMap((r) => {
    switch (r.kind) {
      case 'receive': return [r.channel];
      case 'send': return [r.channel, r.value];
      case 'await': return [r.future];
      case 'timeout': return [r.milliseconds];
      case 'default': return [];
    }
  });
  switch (c.kind) {
    case 'receive': return { first: f.operand(c.channel, -1, ...later), second: 0 };
    case 'send': {
      const first = f.operand(c.channel, -1, c.value, ...later);
      return { first, second: f.operand(c.value, -1, ...later) };
    }
    case 'await': return { first: f.operand(c.future, -1, ...later), second: 0 };
    case 'timeout': return { first: f.operand(c.milliseconds, -1, ...later), second: 0 };
    case 'default': return { first: 0, second: 0 };
  }
}

function word(f: FunctionBuilder, c: SelectCase, { first, second }: Operands, pair: number, label: number): void {
  const at = c.span.start;
  switch (c.kind) {
    case 'receive': return f.emit(at, 'SEL_RECV', first, pair, label, pairRefs(f, elemOf(c.channel.type), REF_B));
    case 'send': return f.emit(at, 'SEL_SEND', first, second, label, isReference(c.value.type) ? REF_B : 0);
    case 'await': return f.emit(at, 'SEL_AWAIT', first, pair, label, isReference(awaited(c)) ? REF_B : 0);
    case 'timeout': return f.emit(at, 'SEL_TIMEOUT', first, 0, label);
    case 'default': return f.emit(at, 'SEL_DEFAULT', 0, 0, label);
  }
}

function awaited(c: Case<'await'>) {
  const { type } = c.future;
  if (type.kind !== 'future' && type.kind !== 'task') throw new Error('等待 of something else than a 未来');
  return type.value;
}

/** Brings the received value into its local before the body. */
function prologue(f: FunctionBuilder, c: SelectCase, operands: Operands, pair: number): void {
  const at = c.span.start;
  if (c.kind === 'await') {
    if (c.value === undefined) return;
    if (!c.assigns) declare(f, c.value);
    assignRegister(f, at, c.value, pair);
    return;
  }
  if (c.kind !== 'receive') return;
  const elem = elemOf(c.channel.type);
  if (!c.assigns) {
    if (c.value !== undefined) declare(f, c.value);
    if (c.ok !== undefined) declare(f, c.ok);
  }
  if (c.ok !== undefined) {
    if (c.value !== undefined) {
      if (c.zero === undefined) throw new Error('a receiving case with 成 lacks its zero value');
      receivedValue(f, at, pair, elem, c.value, c.zero);
    }
    assignRegister(f, at, c.ok, pair + 1);
    return;
  }
  const mark = f.top;
  const got = f.newLabel();
  const end = f.newLabel();
  const dst = c.value === undefined || c.value.boxed ? f.alloc() : f.register(c.value);
  f.emit(at, 'JT', pair + 1, got);
  f.emit(at, 'RECV', dst, operands.first, 0, refA(elem));
  f.jump(at, end);
  f.place(got);
  unpackPair(f, at, pair, elem, dst);
  f.place(end);
  if (c.value !== undefined && c.value.boxed) assignRegister(f, at, c.value, dst);
  f.top = mark;
}
