/**
 * What must hold of every program, valid or not. A fault is a sentence that begins with its kind; the kind stays the same
 * while a program is made smaller, so shrinking does not wander off to another fault.
 *
 * The compiler runs in this process, under a time limit that V8 enforces, so a loop in it becomes a fault like any other.
 */
import { Script } from 'node:vm';
import { compile } from '../../frontend/compile.js';
import { renderDiagnostic, type Diagnostic } from '../../frontend/diagnostics.js';
import { ERRORS } from '../../frontend/generated/errors.js';
import { REFUSED, STOPPED, type Run } from './batch.js';

/** Wall time, because V8 measures no other: far beyond slow even where many processes share the machine. */
const LIMIT_MS = 60_000;
/** What a program takes on a busy machine. */
const USUAL_MS = 1000;

export interface Fault {
  readonly kind: string;
  readonly detail: string;
}

export interface Examined {
  /** Undefined when the program was refused. */
  readonly module: Uint8Array | undefined;
  readonly fault: Fault | undefined;
}

const CALL = new Script('globalThis[Symbol.for("qi.fuzz")]()');

export interface Subject {
  readonly text: string;
  /** It must have no error. */
  readonly valid: boolean;
}

/** Examines programs, each at most for LIMIT_MS; several at once, because a time limit costs a thread. */
export function examine(subjects: readonly Subject[]): Examined[] {
  const results: Examined[] = [];
  (globalThis as Record<symbol, unknown>)[Symbol.for('qi.fuzz')] = () => {
    while (results.length < subjects.length) results.push(examineOne(subjects[results.length]!));
  };
  while (results.length < subjects.length) {
    try {
      CALL.runInThisContext({ timeout: LIMIT_MS + subjects.length * USUAL_MS });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      results.push({ module: undefined, fault: { kind: '编译不结束 the compiler hangs', detail: '' } });
    }
  }
  return results;
}

function examineOne({ text, valid }: Subject): Examined {
  let result;
  try {
    result = compile(new TextEncoder().encode(text), '程序.qi');
  } catch (error) {
    const { message, stack } = error as Error;
    // Where it was thrown tells defects apart.
    const place = /at (\S+)/.exec(stack ?? '')?.[1] ?? '';
    return { module: undefined, fault: { kind: `编译器崩溃 the compiler throws in ${place}`, detail: stack ?? message } };
  }
  const { module, diagnostics } = result;
  for (const d of diagnostics) {
    const fault = faultOf(d, text);
    if (fault !== undefined) return { module, fault };
  }
  const errors = diagnostics.filter((d) => d.severity === 'error');
  if ((module === undefined) !== errors.length > 0) return { module, fault: { kind: '没有模块也没有错误 neither module nor error', detail: '' } };
  if (valid && errors[0] !== undefined) return { module, fault: { kind: `合法的程序被拒绝 a valid program is refused: ${errors[0].code}`, detail: renderDiagnostic(errors[0], 'zh') } };
  return { module, fault: undefined };
}

function faultOf(d: Diagnostic, text: string): Fault | undefined {
  const { start, end } = d.span;
  if (!Object.hasOwn(ERRORS, d.code)) return { kind: '诊断没有代码 a diagnostic without code', detail: d.code };
  // The library of the language is part of the program; a mistake of the program must not be reported inside it.
  if (d.file.path !== '程序.qi') return { kind: `诊断在别的文件 a diagnostic in another file: ${d.code}`, detail: d.file.path };
  if (!(start >= 0 && start <= end && end <= text.length)) return { kind: `诊断的位置在文件之外 a place outside the file: ${d.code}`, detail: `${start}–${end} of ${text.length}` };
  try {
    for (const language of ['zh', 'en'] as const) renderDiagnostic(d, language);
  } catch (error) {
    return { kind: `诊断无法显示 a diagnostic cannot be shown: ${d.code}`, detail: (error as Error).stack ?? '' };
  }
  return undefined;
}

/** What the runs of an accepted program show. `same` demands that they agree. */
export function judge(runs: readonly Run[], options: { readonly same: boolean; readonly ends: boolean }): Fault | undefined {
  const refused = runs.find((run) => run.outcome === REFUSED);
  if (refused !== undefined) return { kind: `模块被拒绝 the module is refused: ${refused.output.replace(/^.*（|\d+/g, '')}`, detail: refused.output };
  if (runs.some((run) => run.outcome === STOPPED)) return options.ends ? { kind: '程序不结束 the program does not end', detail: '' } : undefined;
  if (!options.same) return undefined;
  const [first, ...others] = runs;
  const other = others.findIndex((run) => run.outcome !== first!.outcome || run.output !== first!.output);
  if (other < 0) return undefined;
  return { kind: '两次运行不同 runs differ', detail: `1: ${first!.outcome}\n${first!.output}\n${other + 2}: ${others[other]!.outcome}\n${others[other]!.output}` };
}
