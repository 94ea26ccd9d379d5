/*
 * `qi 解释 E3001`: title, what and why, a wrong and a right example. The pages are Markdown files of the package
 * (frontend/explanations.ts), read only here; without them the row of the table of messages is still shown.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Language } from '../diagnostics.js';
import { isWrong, pageOf, parseExplanations, type Example, type Explanation } from '../explanations.js';
import { ERRORS, type ErrorCode } from '../generated/errors.js';
import { nearest } from '../nearest.js';
import { displayWidth } from '../source.js';
import { CommandError, EXIT } from './command-error.js';
import type { Options } from './options.js';
import { STDOUT, write } from './terminal.js';

/** Beside dist/, and beside frontend/ when the sources run directly. */
const PLACES = ['../docs/错误码/', '../../docs/错误码/'];
const WIDTH = 96;
/** What a message says of the program at hand, which an explanation does not have. */
const PLACEHOLDER = /\{[^{}]*\}/gu;

/** `qi 解释 E3001` */
export function explain(operand: string, options: Options): number {
  const code = operand.toUpperCase();
  if (!Object.hasOwn(ERRORS, code)) {
    const guess = nearest(code, Object.keys(ERRORS));
    const 代码 = guess === undefined ? operand : { zh: `${operand}，你是不是想写 ${guess}`, en: `${operand}; did you mean ${guess}` };
    throw new CommandError('E9003', { 代码 }, EXIT.usage);
  }
  const entry = ERRORS[code as ErrorCode];
  const page = explanationOf(code);
  const text = options.json ? `${JSON.stringify({ code, ...entry, ...shownPage(page) })}\n` : render(code as ErrorCode, page, options.language);
  return write(STDOUT, text) ? EXIT.ok : EXIT.failed;
}

function explanationOf(code: string): Explanation | undefined {
  for (const place of PLACES) {
    try {
      const text = readFileSync(fileURLToPath(new URL(place + pageOf(code), import.meta.url)), 'utf8');
      return parseExplanations(text).find((e) => e.code === code);
    } catch {
      // Not here; the next place, or none.
    }
  }
  return undefined;
}

function shownPage(page: Explanation | undefined): object {
  if (page === undefined) return { explanation: null, wrong: [], right: [] };
  const texts = (wrong: boolean): string[] => page.examples.filter((e) => isWrong(page, e) === wrong).map((e) => e.text);
  return { explanation: { zh: page.zh, en: page.en }, wrong: texts(true), right: texts(false) };
}

function render(code: ErrorCode, page: Explanation | undefined, language: Language): string {
  const entry = ERRORS[code];
  const zh = language === 'zh';
  const lines = [`${SEVERITY[entry.severity][language]} [${code}]: ${entry[language].replace(PLACEHOLDER, '…')}`, `${PHASES[entry.phase][language]}`];
  if (page !== undefined) {
    lines.push('', ...wrap(page[language], WIDTH));
    for (const wrong of [true, false]) {
      for (const example of page.examples.filter((e) => isWrong(page, e) === wrong)) {
        lines.push('', wrong ? (zh ? '错误的写法：' : 'Wrong:') : (zh ? '正确的写法：' : 'Right:'), '', ...shownExample(example));
      }
    }
  }
  const hint = zh ? entry.hintZh : entry.hintEn;
  if (hint !== '' && !/^\{[^{}]*\}$/.test(hint)) lines.push('', `${zh ? '提示' : 'hint'}: ${hint.replace(PLACEHOLDER, '…')}`);
  return `${lines.join('\n')}\n`;
}

function shownExample({ files, text }: Example): string[] {
  const lines = [...files].flatMap(([name, content]) => [`// ${name}`, ...content.trimEnd().split('\n'), '']);
  if (files.size > 0) lines.push('// 主.qi');
  return [...lines, ...text.trimEnd().split('\n')].map((line) => (line === '' ? '' : `    ${line}`));
}

/** Breaks prose into lines: at spaces, and between Han characters except before punctuation. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of text.match(/[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f“”…][，。；：、！？）」”]*|[^\s\u2e80-\u9fff\uff00-\uffef\u3000-\u303f“”…]+[，。；：、！？）」”]*| /gu) ?? []) {
    if (displayWidth(line) + displayWidth(part) > width && part !== ' ') {
      lines.push(line.trimEnd());
      line = '';
    }
    if (part !== ' ' || line !== '') line += part;
  }
  if (line !== '') lines.push(line);
  return lines;
}

const SEVERITY = { error: { zh: '错误', en: 'error' }, warning: { zh: '警告', en: 'warning' } } as const;

const PHASES = {
  LEX: { zh: '词法', en: 'lexical' },
  PARSE: { zh: '语法', en: 'syntax' },
  CHECK: { zh: '类型和名称', en: 'types and names' },
  MODULE: { zh: '模块', en: 'modules' },
  MEMORY: { zh: '指针和内存', en: 'pointers and memory' },
  CONCURRENCY: { zh: '并发', en: 'concurrency' },
  RUNTIME: { zh: '运行时', en: 'run time' },
  IO: { zh: '输入输出', en: 'input and output' },
  TOOL: { zh: '工具和环境', en: 'tools and environment' },
} as const;
