/**
 * Phase 2: tokens → syntax tree. Recursive descent by topic: types, patterns, expressions (primary, closures,
 * concurrency), statements, loops, declarations; the cursor holds the state and the rules of recovery.
 *
 * Rejected: a parser generator (three spellings and contextual keywords need look-ahead that reads like code anyway, and
 * generated parsers explain errors badly).
 */

import type { ImportDecl, PackageDecl, SourceUnit, Stmt } from '../ast.js';
import type { Reporter } from '../diagnostics.js';
import type { SourceFile } from '../source.js';
import { lex } from '../1-lex/lex.js';
import { T, type Tokens } from '../1-lex/token.js';
import { Cursor } from './cursor.js';
import { parsePackage } from './declarations.js';
import { parseStatement } from './statements.js';

/** Reads a file. Reports lexical and syntax errors; always returns a whole tree. */
export function parse(source: SourceFile, report: Reporter): SourceUnit {
  return parseTokens(lex(source, report), report);
}

/** The file as programs see it: 测试 blocks belong to `qi test` alone. */
export function withoutTests(unit: SourceUnit): SourceUnit {
  const items = unit.items.filter((item) => item.kind !== 'FunctionDecl' || item.test === undefined);
  return items.length === unit.items.length ? unit : { ...unit, items };
}

/** Parses tokens that `lex` made. Uses them up: English keywords are rewritten in place. */
export function parseTokens(tokens: Tokens, report: Reporter): SourceUnit {
  const p = new Cursor(tokens, report);
  let packageDecl: PackageDecl | undefined;
  const imports: ImportDecl[] = [];
  const items: Stmt[] = [];
  let hasStrayBrace = false;
  while (p.accept(T.Semicolon));
  if (p.at(T.Package)) packageDecl = parsePackage(p);
  while (!p.at(T.End)) {
    if (p.accept(T.Semicolon)) continue;
    if (p.at(T.RBrace)) {
      // The partner of a brace that was read as part of something broken.
      hasStrayBrace = true;
      p.advance();
      continue;
    }
    const statement = parseStatement(p);
    if (statement.kind === 'ImportDecl') imports.push(statement);
    else items.push(statement);
  }
  p.reportStrays();
  const span = { start: 0, end: tokens.file.text.length };
  return { kind: 'SourceUnit', file: tokens.file, span, package: packageDecl, imports, items, exprCount: p.exprCount, hasStrayBrace: hasStrayBrace || p.usesColonHeads };
}
