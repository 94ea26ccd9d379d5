/**
 * The source mutants of every clause: mistakes in the front end and the runtime that a specification program must notice.
 *
 * One file per group of clauses. Texts to find are short, so that they outlive changes around them; one that no longer fits is
 * an error of the driver, which names it.
 */
import { declarations } from './clauses-declarations.js';
import { library } from './clauses-library.js';
import { modulesOfLibrary } from './clauses-modules-of-library.js';
import { modules } from './clauses-modules.js';
import { patterns } from './clauses-patterns.js';
import { runtime } from './clauses-runtime.js';
import { tasks } from './clauses-tasks.js';
import { text } from './clauses-text.js';
import { types } from './clauses-types.js';
import { values } from './clauses-values.js';
import type { SourceMutant } from './source-mutants.js';

export const CLAUSES: readonly SourceMutant[] = [
  ...text, ...types, ...values, ...declarations, ...patterns, ...modules, ...runtime, ...tasks, ...library, ...modulesOfLibrary,
];
