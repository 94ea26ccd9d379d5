/**
 * The one place where the benchmarks of the front end touch its phases. A stage runs from the text to the end of its
 * phase, because what a phase makes may be used only once; the difference between neighbours is the phase.
 *
 * Phases are loaded by name when asked for, so that one which is missing or does not load is one line of the report and
 * not the end of it.
 */
import type { Reporter } from '../frontend/diagnostics.js';
import type { SourceFile } from '../frontend/source.js';

export type Run = (source: SourceFile, report: Reporter) => unknown;

export interface Stage {
  readonly name: string;
  /** From frontend/. */
  readonly module: string;
  readonly entry: string;
}

export const STAGES: readonly Stage[] = [
  { name: '1-lex 词法', module: '1-lex/lex', entry: 'lex' },
  { name: '2-parse 语法', module: '2-parse/parse', entry: 'parse' },
  { name: 'compile 全部', module: 'compile', entry: 'compile' },
];

/** The function that runs a stage, or why there is none. */
export async function loadStage(stage: Stage): Promise<{ run: Run } | { reason: string }> {
  try {
    const loaded: Record<string, unknown> = await import(new URL(`../frontend/${stage.module}.js`, import.meta.url).href);
    const entry = loaded[stage.entry];
    if (typeof entry !== 'function') return { reason: `frontend/${stage.module}.ts 没有 has no ${stage.entry}()` };
    return { run: entry as Run };
  } catch (error) {
    return { reason: `frontend/${stage.module}.ts 无法载入 does not load: ${(error as Error).message.split('\n')[0]}` };
  }
}
