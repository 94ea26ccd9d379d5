/*
 * For tests of the inspector: programs that run under it, and a client that holds every answer against docs/检查器.openapi.json.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { suite, type Test } from 'uvu';
import * as assert from 'uvu/assert';
import { QI, workspace, type Workspace } from '../cli/command.test-helper.js';

export const api = JSON.parse(readFileSync(new URL('../../docs/检查器.openapi.json', import.meta.url), 'utf8')) as { paths: Record<string, Record<string, { responses?: Record<string, unknown> }>> };
const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true });
ajv.addSchema({ $id: 'api', ...api });
/** Pairs of operation and status that were seen to be as described. */
export const seen = new Set<string>();

export interface Reply<T = any> { readonly status: number; readonly body: T; readonly headers: IncomingHttpHeaders }
interface Call { readonly method?: string; readonly body?: unknown; readonly raw?: string; readonly headers?: OutgoingHttpHeaders; readonly agent?: Agent }

/** Fails unless the answer is one the description has for this operation. */
function validate(method: string, path: string, status: number, body: unknown): void {
  const template = path.replace(/\?.*/, '').replace(/\/\d+(?=\/|$)/g, '/{id}');
  const operation = api.paths[template]?.[method.toLowerCase()];
  // What is not described is refused with an Error.
  const pointer = operation === undefined ? '#/components/schemas/Error'
    : `#/paths/${template.replace(/~/g, '~0').replace(/\//g, '~1')}/${method.toLowerCase()}/responses/${status}/content/application~1json/schema`;
  if (operation !== undefined) assert.ok(operation.responses?.[status] !== undefined, `${method} ${template} is not described to answer ${status}`);
  const check = ajv.getSchema(`api${encodeURI(pointer).replace(/%23/, '#')}`) ?? ajv.compile({ $ref: `api${encodeURI(pointer)}` });
  assert.ok(check(body), `${method} ${path} ${status}: ${JSON.stringify(body)}\n${ajv.errorsText(check.errors)}`);
  seen.add(`${method} ${template} ${status}`);
}

export class Program {
  output = '';
  errors = '';
  url = '';
  token = '';
  readonly closed: Promise<number | null>;
  closedAt = 0;

  constructor(readonly child: ChildProcess) {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    this.closed = new Promise((done) => child.on('close', (code) => {
      this.closedAt = performance.now();
      done(code);
    }));
    setTimeout(() => child.kill('SIGKILL'), 60_000).unref();
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  call(path: string, { method = 'GET', body, raw, headers, agent }: Call = {}): Promise<Reply> {
    return new Promise((done, fail) => {
      const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      const given = Object.fromEntries(Object.entries({ authorization: `Bearer ${this.token}`, ...headers }).filter(([, value]) => value !== undefined));
      const request = httpRequest(`${this.url}${path}`, { method, agent, headers: given }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => {
          try {
            assert.is(response.headers['content-type'], 'application/json; charset=utf-8');
            const reply = { status: response.statusCode ?? 0, body: JSON.parse(text) as unknown, headers: response.headers };
            validate(method, `/v1${path}`, reply.status, reply.body);
            done(reply);
          } catch (error) {
            fail(error);
          }
        });
      });
      request.on('error', fail);
      request.end(sent);
    });
  }

  /** Asks again when the machine is so loaded that the program got no turn. */
  async get(path: string, more: Call = {}): Promise<Reply> {
    for (let tries = 0; ; tries++) {
      const reply = await this.call(path, more);
      if (reply.body.code !== 'busy' || tries === 4) return reply;
    }
  }

  post = (path: string, body?: unknown, more: Call = {}): Promise<Reply> => this.call(path, { method: 'POST', body, ...more });

  /** Waits until it printed this. */
  async says(text: string): Promise<void> {
    await until(async () => this.output.includes(text), `${text} in ${this.output}${this.errors}`);
  }
}

export async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end;) {
    if (await condition()) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  assert.unreachable(`still not: ${what}`);
}

const running = new Set<Program>();

/** A suite with a folder of its own, no program of which outlives its test. */
export function inspected(name: string): Test<{ space: Workspace }> {
  const test = suite<{ space: Workspace }>(name);
  test.before((context) => {
    context.space = workspace(name);
  });
  test.after.each(() => {
    for (const { child } of running) child.kill('SIGKILL');
    running.clear();
  });
  test.after(({ space }) => rmSync(space.dir, { recursive: true, force: true }));
  return test;
}

/** Starts a program and waits until the inspector has said where it is. */
export async function start({ dir }: Workspace, text: string, options: readonly string[] = [], env: NodeJS.ProcessEnv = {}, file = '程序.qi'): Promise<Program> {
  const path = join(dir, file);
  if (text !== '') writeFileSync(path, text);
  const program = new Program(spawn(process.execPath, [QI, 'run', '--检查器', ...options, path], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } }));
  running.add(program);
  await until(async () => program.errors.includes('\n') || program.child.exitCode !== null, `a line in ${program.errors}`);
  const [, url = '', token = ''] = /^检查器: (http:\/\/127\.0\.0\.1:\d+\/v1) 令牌: (.*)\n/.exec(program.errors) ?? [];
  assert.ok(url !== '', program.errors);
  program.url = url;
  program.token = token;
  return program;
}

/** Lets a program that waits for a line end. */
export async function end(program: Program, code: number | null): Promise<void> {
  program.child.stdin!.end('\n');
  assert.is(await program.closed, code, program.errors);
}
