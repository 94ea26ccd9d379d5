/**
 * A short, unambiguous text of a tree for tests: spans and ids left out, names and literals bare,
 * operators in parentheses, everything else `Kind(children)`.
 */

import type { Block, Expr, SourceUnit, Stmt } from '../ast.js';
import type { Diagnostic } from '../diagnostics.js';
import { SourceFile } from '../source.js';
import { parse } from './parse.js';

export interface Parsed {
  readonly unit: SourceUnit;
  readonly diagnostics: readonly Diagnostic[];
  /** `code line:column` of each diagnostic, in order of report. */
  readonly errors: readonly string[];
}

export function parseText(text: string): Parsed {
  const diagnostics: Diagnostic[] = [];
  const unit = parse(new SourceFile('测试.qi', text), (d) => diagnostics.push(d));
  const errors = diagnostics.map((d) => {
    const { line, column } = d.file.position(d.span.start);
    return `${d.code} ${line}:${column}`;
  });
  return { unit, diagnostics, errors };
}

/** The statements of a correct program; a diagnostic is a failure of the test. */
export function tree(text: string): string {
  const { unit, errors } = parseText(text);
  if (errors.length > 0) throw new Error(`unexpected ${errors.join(', ')} in ${text}`);
  return [...unit.imports, ...unit.items].map(show).join('; ');
}

/** The tree of one correct expression. */
export function expression(text: string): string {
  const whole = tree(`结果 = ${text}`);
  const match = /^Assign\(\[结果\], \[(.*)\]\)$/su.exec(whole);
  if (match === null) throw new Error(`not one expression: ${whole}`);
  return match[1]!;
}

/** The codes and places reported for a text. */
export function errorsOf(text: string): string {
  return parseText(text).errors.join(', ');
}

type Node = Expr | Stmt | Block | { kind: string };

export function show(value: unknown): string {
  if (value === undefined) return '-';
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const node = value as Node & Record<string, unknown>;
  switch (node.kind) {
    case 'Name':
      return String(node['text']);
    case 'NameExpr':
      return String(node['name']);
    case 'IntLiteral':
    case 'BoolLiteral':
      return String(node['value']);
    case 'FloatLiteral':
      return `${String(node['value'])}f`;
    case 'StringLiteral':
      return JSON.stringify(node['value']);
    case 'TextPart':
      return JSON.stringify(node['value']);
    case 'CharLiteral':
      return `'${String(node['value'])}'`;
    case 'BinaryExpr':
      return `(${show(node['left'])} ${String(node['op'])} ${show(node['right'])})`;
    case 'UnaryExpr':
      return `(${String(node['op'])}${show(node['operand'])})`;
    case 'ExprStmt':
      return show(node['expr']);
    case 'NamePattern':
      return show(node['name']);
    case 'NamedType': {
      const args = node['args'] as unknown[];
      const path = (node['path'] as unknown[]).map(show).join('.');
      return args.length === 0 ? path : `${path}<${args.map(show).join(', ')}>`;
    }
    case 'Block':
      return `{${(node['statements'] as unknown[]).map(show).join('; ')}}`;
    case 'Argument':
    case 'FieldInit':
      return node['name'] === undefined ? show(node['value']) : `${show(node['name'])}: ${show(node['value'])}`;
    default:
      break;
  }
  const parts: string[] = [];
  for (const [key, child] of Object.entries(node)) {
    if (key === 'kind' || key === 'span' || key === 'id' || key === 'doc' || child === undefined || child === false) continue;
    if (child === 'default' || child === 'plain' || child === 'mutable') continue;
    if (Array.isArray(child) && child.length === 0 && OPTIONAL_LISTS.has(key)) continue;
    parts.push(child === true ? key : typeof child === 'string' ? `${key}=${child}` : LABELLED.has(key) ? `${key}=${show(child)}` : show(child));
  }
  return `${node.kind.replace(/(Expr|Stmt|Decl|Literal|Pattern)$/, '')}(${parts.join(', ')})`;
}

const OPTIONAL_LISTS = new Set(['typeParams', 'args', 'bounds', 'supertraits', 'payload', 'kinds', 'methods']);
const LABELLED = new Set([
  'result', 'default', 'guard', 'else', 'label', 'finally', 'binding', 'nameOrKind', 'step', 'to', 'limit', 'trait', 'typeParams',
  'receiver', 'alias', 'items', 'discriminant',
]);
