/*
 * Command line → a value that says what to do. Pure: no I/O, no process state, so every rule is a unit test.
 *
 * Invariants: options may stand before or after the command, up to the file of `run`; everything after that file
 * belongs to the program. `--名=值` and `--名 值` are the same; `--` ends the options. Chinese and English names are
 * the same option. Whatever is not understood is a usage error with a suggestion, never ignored.
 *
 * Rejected: a command-line library. None speaks Chinese, and loading one costs more than parsing.
 */
import type { Language } from '../diagnostics.js';
import { nearest } from '../nearest.js';

export type CommandName = 'run' | 'compile' | 'check' | 'disasm' | 'explain' | 'test' | 'dump' | 'watch';

export interface Options {
  readonly language: Language;
  /** Diagnostics as JSON on standard output. */
  readonly json: boolean;
  readonly warnings: boolean;
  /** Colours in the text of diagnostics; undefined: where a terminal shows it. */
  readonly colour: boolean | undefined;
  /** Deterministic mode: one worker, virtual clock, choices drawn from this seed. */
  readonly seed: bigint | undefined;
  /** Threads that run the program; undefined: as many as there are processors, when they are needed. */
  readonly workers: number | undefined;
  /** The inspector: a port, 0 for any; undefined: off. */
  readonly inspector: number | undefined;
  /** `-o`: where `compile` writes. */
  readonly output: string | undefined;
  readonly test: TestOptions;
}

/** What only `qi test` asks for. */
export interface TestOptions {
  /** Sleeping costs nothing: the clock of the program jumps to the next timer. */
  readonly virtualTime: boolean;
  /** A task that nothing can wake any more fails the test. */
  readonly leaks: boolean;
  /** Runs each test under so many seeds. */
  readonly explore: number;
  /** Only tests whose title contains this. */
  readonly only: string | undefined;
  /** Milliseconds a single run may take. */
  readonly timeout: number;
}

export type Invocation =
  | { readonly kind: 'help' | 'version'; readonly options: Options }
  | { readonly kind: CommandName; readonly operand: string; readonly args: readonly string[]; readonly options: Options }
  | { readonly kind: 'planned'; readonly name: string; readonly options: Options }
  | { readonly kind: 'usage'; readonly zh: string; readonly en: string; /** Nothing was asked for: show what there is. */ readonly help: boolean; readonly options: Options };

const COMMANDS: Readonly<Record<string, CommandName>> = {
  run: 'run', 运行: 'run',
  编译: 'compile', compile: 'compile',
  check: 'check', 检查: 'check',
  反汇编: 'disasm', disasm: 'disasm',
  解释: 'explain', explain: 'explain',
  test: 'test', 测试: 'test',
  转储: 'dump', dump: 'dump',
  监视: 'watch', monitor: 'watch', top: 'watch',
};

/** As commands: what somebody types who has not read any of this. */
const HELP: readonly string[] = ['help', '帮助'];

/** In the design, not in this version: answered with one coded error instead of "unknown command". */
const PLANNED = ['aot', 'fmt', '格式化', 'lsp', 'repl', '交互'];

type OptionName = 'language' | 'json' | 'warnings' | 'colour' | 'seed' | 'workers' | 'inspector' | 'output' | 'virtualTime' | 'leaks' | 'explore' | 'only' | 'timeout' | 'help' | 'version';

const OPTIONS: Readonly<Record<string, OptionName>> = {
  '--语言': 'language', '--lang': 'language',
  '--json': 'json',
  '--警告': 'warnings', '--warnings': 'warnings',
  '--颜色': 'colour', '--color': 'colour',
  '--种子': 'seed', '--seed': 'seed',
  '--工作线程': 'workers', '--workers': 'workers',
  '--检查器': 'inspector', '--inspector': 'inspector',
  '-o': 'output', '--输出': 'output', '--output': 'output',
  '--虚拟时间': 'virtualTime', '--virtual-time': 'virtualTime',
  '--泄漏': 'leaks', '--leaks': 'leaks',
  '--探索': 'explore', '--explore': 'explore',
  '--只': 'only', '--only': 'only',
  '--超时': 'timeout', '--timeout': 'timeout',
  '-h': 'help', '--help': 'help', '--帮助': 'help',
  '-V': 'version', '--version': 'version', '--版本': 'version',
};

const TAKES_VALUE: ReadonlySet<OptionName> = new Set<OptionName>(['language', 'colour', 'seed', 'workers', 'output', 'explore', 'only', 'timeout']);

/** Options only some commands understand; the rest work everywhere. */
const ONLY_FOR: Partial<Record<OptionName, readonly CommandName[]>> = {
  seed: ['run', 'test'],
  workers: ['run'],
  inspector: ['run', 'compile'],
  output: ['compile'],
  virtualTime: ['test'],
  leaks: ['test'],
  explore: ['test'],
  only: ['test'],
  timeout: ['test'],
};

const LANGUAGES: Readonly<Record<string, Language>> = {
  zh: 'zh', 中文: 'zh', 汉语: 'zh', en: 'en', 英文: 'en', 英语: 'en', english: 'en',
};

const COLOURS: Readonly<Record<string, { readonly wanted: boolean | undefined }>> = {
  是: { wanted: true }, 否: { wanted: false }, 自动: { wanted: undefined },
  always: { wanted: true }, never: { wanted: false }, auto: { wanted: undefined },
};

const MAX_SEED = (1n << 64n) - 1n;
/** QI_WORKERS_MAX of the VM. */
const MAX_WORKERS = 1024;

/** The language of QI_LANG: `en`, or a locale such as `en_US.UTF-8`; everything else is Chinese. */
export function languageFromEnvironment(value: string | undefined): Language {
  return value !== undefined && /^en(?![a-z])|^english$/i.test(value) ? 'en' : 'zh';
}

class UsageError extends Error {
  constructor(readonly zh: string, readonly en: string, readonly help = false) {
    super(en);
  }
}

const DEFAULT_TEST: TestOptions = { virtualTime: false, leaks: false, explore: 1, only: undefined, timeout: 60_000 };

interface Settings {
  language: Language;
  json: boolean;
  warnings: boolean;
  colour: boolean | undefined;
  seed: bigint | undefined;
  workers: number | undefined;
  inspector: number | undefined;
  output: string | undefined;
  test: TestOptions;
  help: boolean;
  version: boolean;
}

/** Understands the arguments after `qi`. `envLanguage` is the value of QI_LANG. */
export function parseArguments(argv: readonly string[], envLanguage: string | undefined): Invocation {
  const settings: Settings = {
    language: languageFromEnvironment(envLanguage),
    json: false,
    warnings: false,
    colour: undefined,
    seed: undefined,
    workers: undefined,
    inspector: undefined,
    output: undefined,
    test: DEFAULT_TEST,
    help: false,
    version: false,
  };
  try {
    return parse(argv, settings);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { kind: 'usage', zh: error.zh, en: error.en, help: error.help, options: optionsOf(settings) };
  }
}

function parse(argv: readonly string[], settings: Settings): Invocation {
  const words: string[] = [];
  const given: { name: OptionName; spelling: string }[] = [];
  let at = 0;
  let optionsEnded = false;
  while (at < argv.length) {
    const arg = argv[at++] ?? '';
    if (!optionsEnded && arg === '--') {
      optionsEnded = true;
      continue;
    }
    if (optionsEnded || arg === '-' || !arg.startsWith('-')) {
      words.push(arg);
      // The program's own arguments start after its file.
      if (words.length === 2 && commandOf(words[0] ?? '') === 'run') break;
      continue;
    }
    const equals = arg.indexOf('=');
    const spelling = equals < 0 ? arg : arg.slice(0, equals);
    const name = Object.hasOwn(OPTIONS, spelling) ? OPTIONS[spelling] : undefined;
    if (name === undefined) throw unknownOption(spelling);
    let value: string | undefined = equals < 0 ? undefined : arg.slice(equals + 1);
    if (TAKES_VALUE.has(name)) {
      value ??= argv[at++];
      if (value === undefined) throw new UsageError(`${spelling} 后面缺少值`, `${spelling} needs a value`);
    } else if (value !== undefined && name !== 'inspector') {
      throw new UsageError(`${spelling} 不带值`, `${spelling} takes no value`);
    }
    given.push({ name, spelling });
    apply(settings, name, spelling, value ?? '');
  }
  // What is compiled has no port.
  const ported = given.find(({ name, spelling }) => name === 'inspector' && argv.some((arg) => arg.startsWith(`${spelling}=`)));
  const options = optionsOf(settings);
  const [word, operand, ...more] = words;
  if (settings.help || HELP.includes(word ?? '')) return { kind: 'help', options };
  if (settings.version && word === undefined) return { kind: 'version', options };
  if (settings.version) throw new UsageError(`--version 不带参数，多出 ${word}`, `--version takes no argument, ${word} is too many`);
  if (word === undefined) {
    throw new UsageError('缺少命令', 'no command given', true);
  }
  if (PLANNED.includes(word)) return { kind: 'planned', name: `qi ${word}`, options };
  const command = commandOf(word);
  if (command === undefined) throw unknownCommand(word);
  for (const { name, spelling } of given) {
    const only = ONLY_FOR[name];
    if (only !== undefined && !only.includes(command)) {
      throw new UsageError(`${word} 不接受 ${spelling}`, `${word} does not take ${spelling}`);
    }
  }
  if (command === 'compile' && ported !== undefined) throw new UsageError(`${word} 的 ${ported.spelling} 不带端口`, `${ported.spelling} of ${word} takes no port`);
  if (operand === undefined) {
    // Tests are those of the folder one stands in.
    if (command === 'test') return { kind: command, operand: '.', args: [], options };
    if (command === 'dump' || command === 'watch') throw new UsageError(`${word} 后面缺少进程号`, `${word} needs the number of a process`);
    throw command === 'explain'
      ? new UsageError(`${word} 后面缺少错误代码`, `${word} needs a code, such as E3001`)
      : new UsageError(`${word} 后面缺少文件`, `${word} needs a file`);
  }
  if (more.length > 0) {
    throw new UsageError(`${word} 只接受一个参数，多出 ${more[0]}`, `${word} takes one argument, ${more[0]} is too many`);
  }
  const args = command === 'run' ? argv.slice(at) : [];
  return { kind: command, operand, args, options };
}

function commandOf(word: string): CommandName | undefined {
  return Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
}

function optionsOf(s: Settings): Options {
  return { language: s.language, json: s.json, warnings: s.warnings, colour: s.colour, seed: s.seed, workers: s.workers, inspector: s.inspector, output: s.output, test: s.test };
}

function count(spelling: string, value: string, most: number): number {
  const number = /^[0-9]{1,7}$/.test(value) ? Number(value) : 0;
  if (number >= 1 && number <= most) return number;
  throw new UsageError(`${spelling} 要求 1 到 ${most} 的整数，得到 ${value}`, `${spelling} needs an integer from 1 to ${most}, found ${value}`);
}

function apply(settings: Settings, name: OptionName, spelling: string, value: string): void {
  switch (name) {
    case 'language': {
      const key = value.toLowerCase();
      const language = Object.hasOwn(LANGUAGES, key) ? LANGUAGES[key] : undefined;
      if (language === undefined) {
        throw new UsageError(`没有语言 ${value}（可用 zh、en）`, `no language ${value} (zh or en)`);
      }
      settings.language = language;
      return;
    }
    case 'colour': {
      const colour = Object.hasOwn(COLOURS, value) ? COLOURS[value] : undefined;
      if (colour === undefined) throw new UsageError(`${spelling} 要求 是、否 或 自动，得到 ${value}`, `${spelling} needs always, never or auto, found ${value}`);
      settings.colour = colour.wanted;
      return;
    }
    case 'seed': {
      const seed = /^[0-9]{1,20}$/.test(value) ? BigInt(value) : -1n;
      if (seed < 0n || seed > MAX_SEED) {
        throw new UsageError(`${spelling} 要求 0 到 ${MAX_SEED} 的整数，得到 ${value}`, `${spelling} needs an integer from 0 to ${MAX_SEED}, found ${value}`);
      }
      settings.seed = seed;
      return;
    }
    case 'workers':
      settings.workers = count(spelling, value, MAX_WORKERS);
      return;
    case 'inspector': {
      // The port stands behind `=` or not at all: the next word is the file.
      const port = value === '' ? 0 : /^[0-9]{1,5}$/.test(value) ? Number(value) : -1;
      if (port < 0 || port > 65535) throw new UsageError(`${spelling}= 后面要求 0 到 65535 的端口，得到 ${value}`, `${spelling}= needs a port from 0 to 65535, found ${value}`);
      settings.inspector = port;
      return;
    }
    case 'output':
      if (value === '') throw new UsageError(`${spelling} 后面缺少值`, `${spelling} needs a value`);
      settings.output = value;
      return;
    case 'virtualTime':
    case 'leaks':
      settings.test = { ...settings.test, [name]: true };
      return;
    case 'only':
      settings.test = { ...settings.test, only: value };
      return;
    case 'explore':
    case 'timeout':
      settings.test = { ...settings.test, [name]: count(spelling, value, name === 'explore' ? 1_000_000 : 3_600_000) };
      return;
    case 'json':
    case 'warnings':
    case 'help':
    case 'version':
      settings[name] = true;
  }
}

function unknownOption(spelling: string): UsageError {
  const guess = nearest(spelling, Object.keys(OPTIONS));
  return new UsageError(
    `未知选项 ${spelling}${guess === undefined ? '' : `，你是不是想写 ${guess}`}`,
    `unknown option ${spelling}${guess === undefined ? '' : `; did you mean ${guess}`}`,
  );
}

function unknownCommand(word: string): UsageError {
  const guess = /\.qic?$/.test(word) ? `qi run ${word}` : nearest(word, [...Object.keys(COMMANDS), ...PLANNED]);
  return new UsageError(
    `未知命令 ${word}${guess === undefined ? '' : `，你是不是想写 ${guess}`}`,
    `unknown command ${word}${guess === undefined ? '' : `; did you mean ${guess}`}`,
  );
}
