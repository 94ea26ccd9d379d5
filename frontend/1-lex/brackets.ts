/** Brackets in messages: how each is written, and what is said of those that were never closed. */

import type { Span } from '../ast.js';
import type { DiagnosticArgs, RelatedPlace } from '../diagnostics.js';
import type { SourceFile } from '../source.js';
import { T } from './token.js';

/** Sign of a bracket, for messages. */
export const BRACKET_TEXT: Partial<Record<T, string>> = {
  [T.LParen]: '(', [T.LBracket]: '[', [T.LBrace]: '{', [T.RParen]: ')', [T.RBracket]: ']', [T.RBrace]: '}',
};

/** Brackets that one error about unclosed ones shows beside the innermost. */
const MAX_RELATED = 4;

export interface Bracket { readonly kind: T; readonly span: Span }

/**
 * The error about the innermost of several unclosed brackets; `outer` are the others, from the outside. It names those of them
 * that are ( or [ as well, and what closes all. A brace is a block, which says nothing about brackets around it.
 */
export function unclosed(file: SourceFile, innermost: Bracket, outer: readonly Bracket[]): { args: DiagnosticArgs; related: RelatedPlace[] } {
  const isRound = ({ kind }: Bracket): boolean => kind === T.LParen || kind === T.LBracket;
  const others = isRound(innermost) ? outer.filter(isRound).reverse() : [];
  const closing = ({ kind }: Bracket): string => BRACKET_TEXT[(kind + (T.RParen - T.LParen)) as T] ?? '}';
  const related = others.slice(0, MAX_RELATED).map(({ kind, span }) => ({
    span, file, label: { zh: `这个 ${BRACKET_TEXT[kind]!} 也没有闭合`, en: `this ${BRACKET_TEXT[kind]!} is not closed, either` },
  }));
  return { args: { 括号: BRACKET_TEXT[innermost.kind] ?? '{', 闭合: [innermost, ...others].map(closing).join('') }, related };
}
