/**
 * builtin-names.ts — the names every program sees without declaring or importing anything.
 *
 * A file of its own, because resolving imports (phase 2b) is given this test before anything is checked.
 */
import { IMPLICIT_MODULES } from '../project.js';
import { laterFeature, nativeFunction } from './builtins.js';
import { isBuiltinFunction } from './infer-builtin.js';
import { isBuiltinType, isLaterType } from './type-expr.js';

/** Names the checker reads without looking them up. */
const WORDS: ReadonlySet<string> = new Set(['无', '_']);

export function isBuiltinName(name: string): boolean {
  return WORDS.has(name) || IMPLICIT_MODULES.has(name) || nativeFunction(name) !== undefined || isBuiltinFunction(name) || isBuiltinType(name) || isLaterType(name) || laterFeature(name) !== undefined;
}
