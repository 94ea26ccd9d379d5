/**
 * The one place where the benchmarks of the front end touch its phases. A stage runs from the text to the end of its
 * phase, because what a phase makes may be used only once; the difference between neighbours is the phase.
 */
import { lex } from '../frontend/1-lex/lex.js';
import { parse } from '../frontend/2-parse/parse.js';
import { resolve } from '../frontend/2b-resolve/resolve.js';
import { isBuiltinName } from '../frontend/3-check/builtin-names.js';
import { check } from '../frontend/3-check/check.js';
import { lower } from '../frontend/4-lower/lower.js';
import { emit } from '../frontend/5-emit/emit.js';
import type { Reporter } from '../frontend/diagnostics.js';
import { NO_FILES } from '../frontend/project.js';
import type { SourceFile } from '../frontend/source.js';

export type Run = (source: SourceFile, report: Reporter) => unknown;

export interface Stage {
  readonly name: string;
  readonly run: Run;
}

const checked = (source: SourceFile, report: Reporter) => check(resolve(parse(source, report), NO_FILES, isBuiltinName, report), report, 'entry', false);

export const STAGES: readonly Stage[] = [
  { name: '1-lex 词法', run: lex },
  { name: '2-parse 语法', run: parse },
  { name: '3-check 类型', run: checked },
  { name: '4-lower 寄存器', run: (source, report) => lower(checked(source, report)) },
  { name: '5-emit 全部', run: (source, report) => emit(lower(checked(source, report))) },
];
