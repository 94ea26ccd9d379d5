/*
 * The routes of the inspector: what each request asks of the program, and how what the program says is shown. docs/检查器.openapi.json describes
 * them, and the tests hold every answer against it.
 *
 * 协程 and tasks are two views of the same: a coroutine is whatever runs (a task, or a 协程 that runs on the task of its resumer), with its stack; a
 * task is what the scheduler knows, with what it depends on. States of a task are those people count (pending, running, completed, failed,
 * cancelled); `activity` says more.
 *
 * Rejected: stopping a task in the middle, or waking one before its time. Both break what programs rely on; so what can be resumed from outside
 * is a 协程 between 挂起 and 恢复, which waits for exactly that.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { argumentsFor } from './arguments.js';
import { KINDS, STATES, type Kind, type Machine, type State } from './machine.js';
import { Problem } from './problem.js';

export interface Request {
  readonly id: string | undefined;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface Reply { readonly status: number; readonly body: unknown }

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** What may stand behind the question mark. */
  readonly parameters: readonly string[];
  readonly serve: (request: Request) => Promise<Reply>;
}

/** What vm/interp/inspector.c says of a coroutine in lists; of one alone it says more. */
interface Summary {
  readonly id: number; readonly kind: Kind; readonly state: State; readonly function: string | null;
  readonly main: boolean; readonly detached: boolean; readonly inspector: boolean; readonly leak: boolean; readonly priority: string; readonly created: unknown;
}
interface Detail extends Summary {
  readonly stack: unknown; readonly cut: boolean; readonly waiting: unknown; readonly deadlineInMs: number | null; readonly waitsFor: readonly number[];
  readonly awaitedBy: readonly number[]; readonly chain: unknown; readonly endedMsAgo: number | null; readonly outcome: Outcome | null;
}
interface Outcome { readonly yielded?: boolean; readonly value?: unknown; readonly text?: string | null; readonly error?: { readonly code: string; readonly message: string } }
interface Page { readonly total: number; readonly more: boolean; readonly items: readonly Summary[] }
interface Functions { readonly functions: readonly { readonly number: number; readonly name: string; readonly parameters: readonly string[] }[] }

const TASK_STATES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
type TaskState = (typeof TASK_STATES)[number];

function taskState(state: State): TaskState {
  if (state === 'completed' || state === 'failed' || state === 'cancelled') return state;
  return state === 'created' || state === 'held' ? 'pending' : 'running';
}

const LIMIT = 100;
const LIMIT_MAX = 1000;
/** How long 恢复 may take before the answer is that it goes on. */
const RESUME_MS = 1000;
const POLL_MS = 10;
const PLACES = ['../docs/检查器.openapi.json', '../../docs/检查器.openapi.json'];

const bad = (zh: string, en: string): Problem => new Problem(400, 'bad_request', zh, en);

function refusal(why: string): Problem {
  switch (why) {
    case 'unknown': return new Problem(404, 'unknown', '没有这个编号的协程，或者它早已结束', 'there is no coroutine of this number, or it ended long ago');
    case 'over': return new Problem(409, 'over', '它已经结束', 'it is over');
    case 'running': return new Problem(409, 'running', '这个协程正在运行', 'this 协程 is running');
    case 'task': return new Problem(409, 'task', '这是任务，由调度器运行；能从外面恢复的只有 协程', 'this is a task, which the scheduler runs; only a 协程 can be resumed from outside');
    case 'value': return new Problem(409, 'value', '这个协程在等待送入的值', 'this 协程 waits for a value to be sent');
    case 'function': return new Problem(409, 'function', '不能从外面启动这个函数', 'this function cannot be started from outside');
    case 'arguments': return new Problem(400, 'arguments', '参数与函数不符', 'the arguments do not fit the function');
    case 'memory': return new Problem(503, 'memory', '内存不足', 'out of memory');
    default: throw new Error(`the machine refused: ${why}`);
  }
}

async function ask<T>(machine: Machine, request: string): Promise<T> {
  const answer = await machine.ask(request) as T & { readonly refused?: string };
  if (answer.refused !== undefined) throw refusal(answer.refused);
  return answer;
}

/** Bits of the words that a parameter lists, all of them when it is not there. */
function bits(query: URLSearchParams, name: string, words: readonly string[]): number {
  const given = query.get(name);
  if (given === null) return 2 ** words.length - 1;
  return given.split(',').reduce((set, word) => {
    const at = words.indexOf(word);
    if (at < 0) throw bad(`${name} 可以是 ${words.join('、')}，得到 ${word}`, `${name} may be ${words.join(', ')}; found ${word}`);
    return set | 1 << at;
  }, 0);
}

function whole(query: URLSearchParams, name: string, least: number, most: number, otherwise: number): number {
  const given = query.get(name);
  if (given === null) return otherwise;
  const number = /^-?[0-9]{1,10}$/.test(given) ? Number(given) : NaN;
  if (number >= least && number <= most) return number;
  throw bad(`${name} 应当是 ${least} 到 ${most} 的整数，得到 ${given}`, `${name} should be an integer from ${least} to ${most}; found ${given}`);
}

export function onlyKnown(query: URLSearchParams, names: readonly string[]): void {
  for (const name of query.keys()) if (!names.includes(name)) throw bad(`没有参数 ${name}`, `there is no parameter ${name}`);
}

/** A body without members is as good as none. */
function onlyMembers(body: unknown, names: readonly string[]): void {
  if (body === undefined || body === null || typeof body !== 'object' || Array.isArray(body)) return;
  for (const name of Object.keys(body)) if (!names.includes(name)) throw new Problem(400, 'bad_body', `请求体里没有成员 ${name}`, `the body has no member ${name}`);
}

/** For requests that take nothing but their number. */
function nothingIn(body: unknown): void {
  onlyMembers(body, []);
  if (body !== undefined && (body === null || typeof body !== 'object' || Array.isArray(body))) throw new Problem(400, 'bad_body', '这个请求不要请求体', 'this request takes no body');
}

function numberOf(id: string | undefined): number {
  const number = Number(id);
  if (number > 0xffffffff) throw refusal('unknown');
  return number;
}

async function page(machine: Machine, query: URLSearchParams, states: number, kinds: number): Promise<Page & { readonly next: number | null }> {
  const limit = whole(query, 'limit', 1, LIMIT_MAX, LIMIT);
  // 入口 is number 0, so -1 is before all.
  const after = whole(query, 'after', -1, 0xffffffff, -1);
  const found = await ask<Page>(machine, `list ${after} ${limit} ${states} ${kinds}`);
  return { ...found, next: found.more ? found.items.at(-1)?.id ?? null : null };
}

async function coroutines(machine: Machine, query: URLSearchParams): Promise<Reply> {
  const { total, items, next } = await page(machine, query, bits(query, 'state', STATES), bits(query, 'kind', KINDS));
  return { status: 200, body: { total, items, next } };
}

const asTask = ({ state, kind: _, ...rest }: Summary): object => ({ ...rest, state: taskState(state), activity: state });

async function tasks(machine: Machine, query: URLSearchParams): Promise<Reply> {
  const wanted = bits(query, 'state', TASK_STATES);
  const states = STATES.reduce((set, state, i) => (wanted >> TASK_STATES.indexOf(taskState(state)) & 1) === 0 ? set : set | 1 << i, 0);
  const { total, items, next } = await page(machine, query, states, 1);
  return { status: 200, body: { total, items: items.map(asTask), next } };
}

async function task(machine: Machine, id: string | undefined): Promise<Reply> {
  const found = await ask<Detail>(machine, `get ${numberOf(id)}`);
  if (found.kind !== 'task') throw refusal('unknown');
  const { waitsFor, awaitedBy, ...rest } = found;
  const parent = (found.created as { by: number } | null)?.by ?? null;
  return { status: 200, body: { ...asTask(rest), parent: found.detached ? null : parent, dependencies: waitsFor, dependents: awaitedBy } };
}

async function create(machine: Machine, body: unknown): Promise<Reply> {
  onlyMembers(body, ['function', 'arguments']);
  const wanted = body as { function?: unknown; arguments?: unknown } | null;
  if (typeof wanted !== 'object' || wanted === null || typeof wanted.function !== 'string' || (wanted.arguments !== undefined && !Array.isArray(wanted.arguments))) {
    throw new Problem(400, 'bad_body', '请求体应当是 {"function": 名称, "arguments": [值…]}', 'the body should be {"function": name, "arguments": [value…]}');
  }
  const { functions } = await ask<Functions>(machine, 'functions');
  const named = functions.filter(({ name }) => name === wanted.function);
  const chosen = named[0];
  if (chosen === undefined) throw new Problem(404, 'function', `没有可以启动的顶层函数 ${wanted.function}`, `there is no top-level function ${wanted.function} that can be started`);
  if (named.length > 1) throw new Problem(409, 'function', `有 ${named.length} 个函数叫 ${wanted.function}，无法区分`, `${named.length} functions are called ${wanted.function}`);
  const words = argumentsFor(chosen.name, chosen.parameters, wanted.arguments ?? []);
  const { id } = await ask<{ id: number }>(machine, ['create', chosen.number, ...words].join(' '));
  return { status: 201, body: { id } };
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Resumes, and waits a moment for what is yielded. */
async function resume(machine: Machine, id: string | undefined): Promise<Reply> {
  const host = await ask<{ id: number }>(machine, `resume ${numberOf(id)}`);
  for (const end = Date.now() + RESUME_MS; ;) {
    const { state, outcome } = await ask<Detail>(machine, `get ${host.id}`);
    if (taskState(state) !== 'running') {
      const { yielded = false, value = null, text = null, error = null } = outcome ?? {};
      return { status: 200, body: { task: host.id, yielded, value, text, error } };
    }
    if (Date.now() >= end) return { status: 202, body: { task: host.id } };
    await pause(POLL_MS);
  }
}

async function metrics(machine: Machine): Promise<Reply> {
  const { heap, ...rest } = await ask<{ heap: { bytes: number; limit: number | null } }>(machine, 'numbers');
  // The program is in this process.
  return { status: 200, body: { ...rest, memory: { heapBytes: heap.bytes, heapLimit: heap.limit, residentBytes: process.memoryUsage.rss() } } };
}

function openapi(): unknown {
  for (const place of PLACES) {
    try {
      return JSON.parse(readFileSync(fileURLToPath(new URL(place, import.meta.url)), 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error('docs/检查器.openapi.json is missing');
}

export function routesOf(machine: Machine): readonly Route[] {
  const get = (path: RegExp, serve: Route['serve'], parameters: readonly string[] = []): Route => ({ method: 'GET', path, parameters, serve });
  const post = (path: RegExp, serve: Route['serve']): Route => ({ method: 'POST', path, parameters: [], serve });
  // Before the program is asked for anything.
  const bare = (serve: Route['serve']): Route['serve'] => (request) => {
    nothingIn(request.body);
    return serve(request);
  };
  return [
    get(/^\/v1\/coroutines$/, ({ query }) => coroutines(machine, query), ['state', 'kind', 'limit', 'after']),
    post(/^\/v1\/coroutines$/, ({ body }) => create(machine, body)),
    get(/^\/v1\/coroutines\/([0-9]{1,15})$/, async ({ id }) => ({ status: 200, body: await ask<Detail>(machine, `get ${numberOf(id)}`) })),
    post(/^\/v1\/coroutines\/([0-9]{1,15})\/resume$/, bare(({ id }) => resume(machine, id))),
    post(/^\/v1\/coroutines\/([0-9]{1,15})\/cancel$/, bare(async ({ id }) => ({ status: 202, body: await ask<{ id: number }>(machine, `cancel ${numberOf(id)}`) }))),
    get(/^\/v1\/functions$/, async () => {
      const { functions } = await ask<Functions>(machine, 'functions');
      return { status: 200, body: { functions: functions.map(({ name, parameters }) => ({ name, parameters })) } };
    }),
    get(/^\/v1\/tasks$/, ({ query }) => tasks(machine, query), ['state', 'limit', 'after']),
    get(/^\/v1\/tasks\/([0-9]{1,15})$/, ({ id }) => task(machine, id)),
    get(/^\/v1\/metrics$/, () => metrics(machine)),
    get(/^\/v1\/openapi\.json$/, async () => ({ status: 200, body: openapi() })),
  ];
}
