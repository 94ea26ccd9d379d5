/**
 * check.test-helper.ts — programs in, diagnostics and a compact picture of the typed tree out.
 *
 * The picture is an S-expression of the essential parts: kinds, operators, names, literal values. It
 * is generic over the node kinds, so that a new kind shows up in tests without being taught here.
 */
import type { Diagnostic } from '../diagnostics.js';
import { hintOf, messageOf } from '../diagnostics.js';
import type * as hir from '../hir.js';
import { parse } from '../2-parse/parse.js';
import { onePackage } from '../project.js';
import { SourceFile } from '../source.js';
import { showType } from '../types.js';
import { check } from './check.js';

export interface Checked {
  readonly program: hir.Program;
  readonly diagnostics: readonly Diagnostic[];
  /** `E3001 2:9`, in order of place, warnings included. */
  readonly codes: readonly string[];
}

export function checkText(...texts: readonly string[]): Checked {
  const diagnostics: Diagnostic[] = [];
  const report = (d: Diagnostic): void => void diagnostics.push(d);
  const units = texts.map((text, i) => parse(new SourceFile(`${i + 1}.qi`, text), report));
  const program = check(onePackage(units), report);
  const place = (d: Diagnostic): string => {
    const { line, column } = d.file.position(d.span.start);
    return `${d.code} ${line}:${column}`;
  };
  const sorted = [...diagnostics].sort((a, b) => a.span.start - b.span.start);
  return { program, diagnostics: sorted, codes: sorted.map(place) };
}

/** Codes and places of errors only. */
export function errorsOf(...texts: readonly string[]): string[] {
  const { diagnostics, codes } = checkText(...texts);
  return codes.filter((_, i) => diagnostics[i]!.severity === 'error');
}

/** The Chinese messages with their hints. */
export function messagesOf(text: string): string[] {
  return checkText(text).diagnostics.map((d) => {
    const hint = hintOf(d, 'zh');
    return hint === undefined ? messageOf(d, 'zh') : `${messageOf(d, 'zh')} / ${hint}`;
  });
}

/** The body of a function by name, after asserting that the program has no errors. */
export function bodyOf(text: string, name = '入口'): string {
  const { program, diagnostics, codes } = checkText(text);
  const errors = codes.filter((_, i) => diagnostics[i]!.severity === 'error');
  if (errors.length > 0) throw new Error(`unexpected ${errors.join(', ')}: ${messagesOf(text).join('; ')}`);
  return showFunc(funcNamed(program, name));
}

export function funcNamed(program: hir.Program, name: string): hir.Func {
  const found = program.functions.find((f) => f.name === name);
  if (found === undefined) throw new Error(`no function ${name} among ${program.functions.map((f) => f.name).join(' ')}`);
  return found;
}

/** `名(参: 类型): 结果 [captures]` followed by its statements. */
export function signature(f: hir.Func): string {
  const params = f.params.map((p) => `${localName(p)}: ${showType(p.type)}`).join(', ');
  const captures = f.captures.length === 0 ? '' : ` [${f.captures.map((c) => localName(c.inner)).join(' ')}]`;
  return `${f.name}(${params}): ${showType(f.result)}${captures}`;
}

export function showFunc(f: hir.Func): string {
  return f.body.statements.map(show).join(' ');
}

function localName(l: hir.Local): string {
  return `${l.name === '' ? '%' : l.name}${l.boxed ? '&' : ''}`;
}

const HIDDEN = new Set(['span', 'type', 'kind', 'file', 'def', 'label', 'target', 'coroutine']);

function show(node: unknown): string {
  if (node === undefined) return '_';
  if (typeof node !== 'object' || node === null) return typeof node === 'string' ? JSON.stringify(node) : String(node);
  if (Array.isArray(node)) return `[${node.map(show).join(' ')}]`;
  const record = node as Record<string, unknown> & { kind?: string };
  if ('captures' in record) return (record as unknown as hir.Func).name;
  switch (record.kind) {
    case 'local': return localName(record['local'] as hir.Local);
    case 'global': return `@${(record['global'] as hir.Global).name}`;
    case 'int': case 'bool': return String(record['value']);
    case 'float': return Number.isInteger(record['value']) ? `${String(record['value'])}.0` : String(record['value']);
    case 'string': return JSON.stringify(record['value']);
    case 'char': return record['value'] === 0 ? "'\\0'" : `'${String.fromCodePoint(record['value'] as number)}'`;
    case 'unit': case 'none': return record.kind;
    case 'expr': return show(record['expr']);
    case 'let': return `(let ${localName(record['local'] as hir.Local)}: ${showType((record['local'] as hir.Local).type)}${record['value'] === undefined ? '' : ` ${show(record['value'])}`})`;
    case 'break': case 'continue': return `(${record.kind}${labelOf(record['target'])})`;
  }
  if (record.kind === undefined) {
    if ('statements' in record) return `{${(record['statements'] as unknown[]).map(show).join(' ')}}`;
    if ('boxed' in record) return localName(record as unknown as hir.Local);
    if ('index' in record && 'name' in record) return `@${String(record['name'])}`;
  }
  const parts = Object.entries(record)
    .filter(([key, value]) => value !== undefined && (!HIDDEN.has(key) || (key === 'target' && record.kind !== undefined) || (key === 'coroutine' && record.kind !== 'yield')))
    .map(([, value]) => show(value));
  return `(${[record.kind ?? '', ...parts].filter((p) => p !== '').join(' ')}${labelOf(record['label'])})`;
}

function labelOf(label: unknown): string {
  const name = (label as hir.LoopLabel | undefined)?.name;
  return name === undefined ? '' : `:${name}`;
}
