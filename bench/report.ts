/**
 * Results as one table for people or one JSON value for tools. Pure: measuring is done, nothing is decided here
 * but the layout.
 */
import { displayWidth } from '../frontend/source.js';
import { LABELS } from './contestants.js';
import { CONTESTANTS, PEERS, type ContestantId, type PeerId } from './rows.js';

export interface Check {
  /** What is asked, e.g. `≤0.55 LuaJIT`. */
  readonly text: string;
  /** Undefined when it could not be judged; a note says why. */
  readonly met: boolean | undefined;
}

export interface Note {
  readonly who: string;
  readonly reason: string;
}

export interface RowResult {
  readonly name: string;
  readonly title: string;
  /** What stands in each contestant's column; absent is a dash. */
  readonly cells: Partial<Record<ContestantId, string>>;
  /** Qi against each peer. */
  readonly ratios: Partial<Record<PeerId, number>>;
  readonly checks: readonly Check[];
  /** Why something is missing. A row with one was not completely measured. */
  readonly notes: readonly Note[];
  /** Every figure the row was made of, for --json. */
  readonly data: unknown;
}

export interface Report {
  readonly machine: string;
  readonly versions: Readonly<Record<ContestantId, string>>;
  readonly settings: readonly string[];
  readonly rows: readonly RowResult[];
}

const MARKS = { met: '✓', missed: '✗', unknown: '?' } as const;

export function markOf(check: Check): string {
  if (check.met === undefined) return MARKS.unknown;
  return check.met ? MARKS.met : MARKS.missed;
}

export function renderTable(report: Report): string {
  const header = ['项目 row', ...CONTESTANTS.map((id) => LABELS[id]), ...PEERS.map((id) => `Qi/${LABELS[id]}`), '目标 target'];
  const body = report.rows.map((row) => [
    `${row.name} ${row.title}`,
    ...CONTESTANTS.map((id) => row.cells[id] ?? '—'),
    ...PEERS.map((id) => row.ratios[id]?.toFixed(2) ?? '—'),
    row.checks.map((check) => `${check.text} ${markOf(check)}`).join('  '),
  ]);
  const lines = [report.machine, ...CONTESTANTS.map((id) => `  ${LABELS[id]}: ${report.versions[id]}`), ...report.settings, ''];
  lines.push(...layOut([header, ...body]), '', ...summaryOf(report), ...notesOf(report.rows));
  return `${lines.join('\n')}\n`;
}

/** First and last column to the left, figures to the right. */
function layOut(rows: readonly (readonly string[])[]): string[] {
  const columns = rows[0]!.length;
  const widths = Array.from({ length: columns }, (_, column) => Math.max(...rows.map((row) => displayWidth(row[column]!))));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const space = ' '.repeat(widths[column]! - displayWidth(cell));
        return column === 0 || column === columns - 1 ? cell + space : space + cell;
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)];
}

function summaryOf(report: Report): string[] {
  const checks = report.rows.flatMap((row) => row.checks);
  const count = (mark: string) => checks.filter((check) => markOf(check) === mark).length;
  return [`达标 met ${count(MARKS.met)}, 未达标 missed ${count(MARKS.missed)}, 未测 not judged ${count(MARKS.unknown)}`];
}

/** Reasons, each once with the rows it holds for. */
function notesOf(rows: readonly RowResult[]): string[] {
  const where = new Map<string, string[]>();
  for (const row of rows) {
    for (const note of row.notes) {
      const text = `${note.who}: ${note.reason}`;
      where.set(text, [...(where.get(text) ?? []), row.name]);
    }
  }
  if (where.size === 0) return [];
  return ['', '未能测量 not measured:', ...[...where].map(([text, names]) => `  ${text}\n    (${[...new Set(names)].join(', ')})`)];
}

export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
