/** The source mutants of every clause. */
import type { SourceMutant } from './source-mutants.js';

export const CLAUSES: readonly SourceMutant[] = [];
