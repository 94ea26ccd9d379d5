/**
 * The sound part of a file with syntax errors: what can still be checked without talking nonsense about the rest.
 *
 * The checker never sees a broken tree. What an error touched is left out, and so is everything that needs it; of a function
 * whose head is whole and says enough, only the body is left out. What was left out may declare names, give types to variables
 * and implement traits, so errors that could come from its absence are not believed (`believes`).
 *
 * A closing brace too many, or an opening one too few, means that statements are not where they seem to be: then only what
 * stands before the error is sound.
 *
 * Rejected: checking the recovered tree with its Error nodes. It stays silent about the nodes, but not about what they would
 * have declared, and half of its messages would be wrong.
 */
import type { Block, FunctionDecl, ImplDecl, SourceUnit, Span, Stmt } from '../ast.js';
import type { Diagnostic, DiagnosticArgs } from '../diagnostics.js';
import type { ErrorCode } from '../generated/errors.js';

export interface SoundPart {
  readonly unit: SourceUnit;
  /** Is this error of the check true of the whole file, too? */
  readonly believes: (d: Diagnostic) => boolean;
}

/** Errors after which the brackets, and so the statements, are not where they seem. */
const STRUCTURAL: ReadonlySet<ErrorCode> = new Set(['E1002', 'E1006', 'E1010', 'E1011', 'E2008', 'E2019', 'E2025', 'E2026']);

/** Errors that what is left out could have prevented: types come from later uses, implementations from anywhere. */
const DOUBTFUL: ReadonlySet<ErrorCode> = new Set(['E3005', 'E3024', 'E3025', 'E3056', 'E3103', 'E3112']);

/** Errors about names nothing declares. */
const NAMES: ReadonlySet<ErrorCode> = new Set(['E3002', 'E3008', 'E3034', 'E3036', 'E3051', 'E4002']);

/** With so many errors the rest of a file is not worth reading. */
const MANY = 100;

/** A file of more characters was written by a program; its words are not looked for. */
const LONG = 1 << 20;

/**
 * What of a parsed file is sound; undefined when nothing is that is worth checking. `errors` are all errors reported for the
 * file, `isBuiltin` tells the names that exist without any declaration.
 */
export function soundPart(unit: SourceUnit, errors: readonly Diagnostic[], isBuiltin: (name: string) => boolean): SoundPart | undefined {
  const places = errors.map((d) => d.span.start);
  const limit = soundUntil(unit, errors);
  if (limit <= 0 || errors.length > MANY || unit.file.text.length > LONG) return undefined;
  const touched = (span: Span): boolean => span.end > limit || places.some((at) => at >= span.start && at <= span.end);
  // The wrong thing may stand between two items, and belong to either.
  const inside = [...unit.imports, ...unit.items];
  if (places.some((at) => !inside.some((item) => at >= item.span.start && at <= item.span.end)) || unit.imports.some((i) => touched(i.span))) return undefined;

  const { text } = unit.file;
  const part = new Part(text, isBuiltin);
  const broken = unit.items.map((item) => touched(item.span));
  const sameLine = (a: Stmt | undefined, b: Stmt | undefined): boolean => a !== undefined && b !== undefined && !text.slice(a.span.end, b.span.start).includes('\n');
  let wasBroken = false;
  for (const [i, item] of unit.items.entries()) {
    const { start, end } = item.span;
    const next = unit.items[i + 1]?.span.start ?? text.length;
    // On the same line as something broken it may be a part of it.
    const isRest: boolean = (wasBroken && sameLine(unit.items[i - 1], item)) || (broken[i + 1] === true && sameLine(item, unit.items[i + 1]));
    const isBroken: boolean = isRest || broken[i]!;
    wasBroken = isBroken;
    if (start >= limit || isRest) part.leaveOut(item, next);
    else if (isBroken) part.damaged(item, next, places.filter((at) => at >= start && at <= end));
    else part.keep(item);
  }
  const lacksName = part.isNameless || errors.some((d) => typeof d.args['期望'] === 'object' && d.args['期望'].zh.endsWith('名'));
  part.settle();
  if (part.whole.length === 0) return undefined;
  const { whole } = part;
  return {
    unit: { ...unit, items: part.items() },
    believes: (d) => d.severity === 'error' && d.file === unit.file && /^E[34]/.test(d.code) && !DOUBTFUL.has(d.code)
      && whole.some((item) => d.span.start >= item.span.start && d.span.end <= item.span.end)
      && !(NAMES.has(d.code) && (lacksName || part.mayDeclare(d.args['名称']))),
  };
}

/** Where the structure of the file is lost; Infinity when it is not. */
function soundUntil(unit: SourceUnit, errors: readonly Diagnostic[]): number {
  let limit = Infinity;
  for (const d of errors) {
    const { code, args, span } = d;
    // The place of a brace that closes nothing says little about where the fault is.
    if (code === 'E2004' && args['括号'] === '}') return 0;
    const expected = code === 'E2001' ? args['期望'] : undefined;
    const missesBrace = typeof expected === 'object' && /[{}]/.test(expected.zh);
    if (unit.hasStrayBrace || STRUCTURAL.has(code) || missesBrace || (code === 'E2002' && args['括号'] === '{')) limit = Math.min(limit, span.start);
  }
  return limit;
}

class Part {
  /** Items checked as they stand. */
  whole: Stmt[] = [];
  /** Functions and implementations of which bodies are left out. */
  readonly #stubs = new Set<Stmt>();
  readonly #order: Stmt[] = [];
  /** Every word of what is left out. */
  readonly #lost = new Set<string>();
  /** Something left out begins without a word: the name it declares may be what is missing. */
  isNameless = false;
  /** Names that what is left out declares, or may declare. */
  readonly #unknown = new Set<string>();
  readonly #text: string;
  readonly #isBuiltin: (name: string) => boolean;

  constructor(text: string, isBuiltin: (name: string) => boolean) {
    this.#text = text;
    this.#isBuiltin = isBuiltin;
  }

  items(): Stmt[] {
    const kept = new Set(this.whole);
    return this.#order.filter((item) => kept.has(item) || this.#stubs.has(item));
  }

  keep(item: Stmt): void {
    this.whole.push(item);
    this.#order.push(item);
  }

  /** Leaves out as much of an item as errors at these places touch; the next one begins at `next`. */
  damaged(item: Stmt, next: number, places: readonly number[]): void {
    if (item.kind === 'FunctionDecl') {
      const stub = this.#stub(item, places);
      if (stub === undefined) this.leaveOut(item, next);
      else this.#add(stub);
    } else if (item.kind === 'ImplDecl') {
      const methods: FunctionDecl[] = [];
      for (const method of item.methods) {
        const inside = places.filter((at) => at >= method.span.start && at <= method.span.end);
        const stub = inside.length === 0 ? method : this.#stub(method, inside);
        if (stub === undefined) this.leaveOut(method);
        else methods.push(stub);
      }
      const elsewhere = places.some((at) => !item.methods.some((m) => at >= m.span.start && at <= m.span.end));
      if (elsewhere) this.leaveOut(item, next);
      else this.#add({ ...item, methods } satisfies ImplDecl);
    } else {
      this.leaveOut(item, next);
    }
  }

  /** Could what is left out declare this name? A word next to the wrong place may have lost a part, or gained one. */
  mayDeclare(name: DiagnosticArgs[string] | undefined): boolean {
    if (typeof name !== 'string') return false;
    for (const word of this.#lost) if (word.includes(name)) return true;
    return false;
  }

  /** Leaves out an item, and what was skipped behind it. */
  leaveOut(item: Stmt, end = item.span.end): void {
    const text = this.#textOf({ start: item.span.start, end });
    if (text.search(WORD) !== 0) this.isNameless = true;
    for (const word of wordsOf(text)) this.#lose(word);
    if ('name' in item && item.name !== undefined) this.#unknown.add(item.name.text);
    for (const name of this.#declaredBy(item, text)) this.#unknown.add(name);
  }

  #lose(word: string): void {
    this.#lost.add(word);
    // What a coroutine yields is known from all its helpers.
    if (word === '挂起') this.#unknown.add(word);
  }

  /** Leaves out what needs what is left out, until nothing does. */
  settle(): void {
    for (let before = -1; before !== this.#unknown.size;) {
      before = this.#unknown.size;
      const kept = this.whole;
      this.whole = [];
      for (const item of kept) {
        if (!this.#needsUnknown(item.span)) this.whole.push(item);
        else if (item.kind === 'FunctionDecl' && this.#isStubbable(item) && !this.#needsUnknown(headOf(item))) this.#stubs.add(this.#replace(item, this.#withoutBody(item)));
        else this.leaveOut(item);
      }
      for (const stub of this.#stubs) {
        if (stub.kind !== 'FunctionDecl' || !this.#needsUnknown(headOf(stub))) continue;
        this.#stubs.delete(stub);
        this.leaveOut(stub);
      }
    }
  }

  #add(stub: Stmt): void {
    this.#stubs.add(stub);
    this.#order.push(stub);
  }

  #replace(item: Stmt, stub: Stmt): Stmt {
    this.#order[this.#order.indexOf(item)] = stub;
    return stub;
  }

  /** The function without its body, when the errors are in there and callers need to know no more than its head says. */
  #stub(f: FunctionDecl, places: readonly number[]): FunctionDecl | undefined {
    const { body } = f;
    if (body === undefined || !this.#isStubbable(f) || places.some((at) => at <= body.span.start || at > body.span.end)) return undefined;
    return this.#withoutBody(f);
  }

  #isStubbable(f: FunctionDecl): boolean {
    if (f.body === undefined || f.flavour === 'coroutine' || f.test !== undefined) return false;
    const words = wordsOf(this.#textOf(f.body.span));
    return !words.has('挂起') && (f.result !== undefined || !(words.has('返回') || this.#text[f.body.span.start] !== '{'));
  }

  #withoutBody(f: FunctionDecl): FunctionDecl {
    for (const word of wordsOf(this.#textOf(f.body!.span))) this.#lose(word);
    return { ...f, body: { ...f.body!, statements: [] } satisfies Block };
  }

  #needsUnknown(span: Span): boolean {
    if (this.#unknown.size === 0) return false;
    for (const word of wordsOf(this.#textOf(span))) if (this.#unknown.has(word)) return true;
    return false;
  }

  /** Names an item declares, or may have declared before it broke. */
  #declaredBy(item: Stmt, text: string): string[] {
    switch (item.kind) {
      case 'FunctionDecl':
        return [];
      case 'StructDecl':
      case 'EnumDecl':
      case 'TraitDecl':
      case 'ImplDecl':
      case 'TypeAliasDecl':
      case 'ErrorStmt':
        return [...wordsOf(text)].filter((word) => !this.#isBuiltin(word));
      default:
        return this.#maybeDeclared(text);
    }
  }

  /** Words that stand behind a word, or before `=`, `:` or a comma: there statements declare. */
  #maybeDeclared(text: string): string[] {
    const found: string[] = [];
    for (const match of text.matchAll(WORD)) {
      const end = match.index + match[0].length;
      const before = text.slice(Math.max(0, match.index - NEAR), match.index);
      const after = text.slice(end, end + NEAR);
      if (/^[ \t\u3000]*[=＝]/u.test(after)) found.push(match[0]);
      else if (!this.#isBuiltin(match[0]) && (/[\p{XID_Continue}>\]》)）),，、][ \t\u3000]*$/u.test(before) || /^[ \t\u3000]*[:：,，、]/u.test(after))) found.push(match[0]);
    }
    return found;
  }

  #textOf(span: Span): string {
    return this.#text.slice(span.start, span.end).normalize('NFC');
  }
}

/** A function up to its body. */
function headOf(f: FunctionDecl): Span {
  return { start: f.span.start, end: f.body?.span.start ?? f.span.end };
}

const WORD = /[\p{XID_Start}_][\p{XID_Continue}]*/gu;

function wordsOf(text: string): Set<string> {
  return new Set(text.match(WORD) ?? []);
}

/** So much space between a word and what shows that it is declared. */
const NEAR = 20;
