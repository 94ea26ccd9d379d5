/*
 * Links inside the documentation: every relative link of a Markdown text leads to a file, and its fragment to a heading of it.
 * Addresses of other hosts are not looked at. scripts/check-docs.ts asks for each document.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The fragment a heading is reached by: lower case, signs dropped, spaces as hyphens. */
export function fragmentOf(heading: string): string {
  return heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\p{M} _-]/gu, '').replace(/ /g, '-');
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^```.*\n[^]*?^```$/gm, (block) => block.replace(/[^\n]/g, ''));
}

export interface Link {
  readonly line: number;
  readonly target: string;
}

export function linksOf(markdown: string): Link[] {
  const found: Link[] = [];
  withoutCode(markdown).split('\n').forEach((text, i) => {
    for (const match of text.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)) found.push({ line: i + 1, target: match[1] ?? '' });
  });
  return found;
}

export function fragmentsOf(markdown: string): Set<string> {
  return new Set([...withoutCode(markdown).matchAll(/^#+ (.+)$/gm)].map((m) => fragmentOf(m[1] ?? '')));
}

/** One line for each link of the file that leads nowhere, and how many links there are. */
export function checkLinks(file: string): { count: number; faults: string[] } {
  const markdown = readFileSync(file, 'utf8');
  const links = linksOf(markdown).filter(({ target }) => !/^[a-z]+:/.test(target));
  const faults = links.flatMap(({ line, target }) => {
    const [path = '', fragment] = decodeURI(target).split('#');
    const goal = path === '' ? file : join(dirname(file), path);
    if (!existsSync(goal)) return [`${line}: no file ${path}`];
    if (fragment === undefined || fragmentsOf(readFileSync(goal, 'utf8')).has(fragment)) return [];
    return [`${line}: no heading #${fragment} in ${path}`];
  });
  return { count: links.length, faults };
}
