/*
 * HTTP for the inspector: who may ask, what is a request, how answers and refusals are written. What the requests do is in routes.ts.
 *
 * Invariants
 * - Nothing is answered but a problem unless the Host header names this machine (a page that had its name point here is none of ours) and the
 *   token is right. Tokens are compared in constant time, by their hashes, so that the length says nothing either.
 * - Every answer is JSON, and of a kind that docs/检查器.openapi.json describes.
 * - A client can hold a connection and a body of BODY_MAX, no more. There are at most CONNECTIONS_MAX connections: for a new one the oldest that has
 *   never shown the token makes room; so connections that are idle keep nobody out.
 *
 * Rejected: a framework. Ten routes are one table; it would be the first dependency at run time.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Busy, Ended, type Machine } from './machine.js';
import { Problem } from './problem.js';
import { onlyKnown, routesOf, type Reply } from './routes.js';

const BODY_MAX = 16 * 1024;
const CONNECTIONS_MAX = 64;

/** The connections of a server, and which of them nobody knows yet. */
class Connections {
  readonly #open = new Set<Socket>();
  /** Oldest first. */
  readonly #strangers = new Set<Socket>();

  add(socket: Socket): void {
    if (this.#open.size >= CONNECTIONS_MAX) {
      const [oldest = socket] = this.#strangers;
      oldest.destroy();
      if (oldest === socket) return;
      this.#remove(oldest);
    }
    this.#open.add(socket);
    this.#strangers.add(socket);
    socket.on('close', () => this.#remove(socket));
  }

  #remove(socket: Socket): void {
    this.#open.delete(socket);
    this.#strangers.delete(socket);
  }

  /** It has shown the token. */
  know(socket: Socket): void {
    this.#strangers.delete(socket);
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function checkHost(request: IncomingMessage, server: Server): void {
  const port = (server.address() as AddressInfo | null)?.port ?? request.socket.localPort;
  const host = request.headers.host?.toLowerCase();
  if (host === `127.0.0.1:${port}` || host === `localhost:${port}`) return;
  throw new Problem(403, 'host', `Host 应当是 127.0.0.1:${port}`, `the Host header should be 127.0.0.1:${port}`);
}

function checkToken(request: IncomingMessage, wanted: Buffer): void {
  const [, given] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? [];
  if (given !== undefined && timingSafeEqual(digest(given), wanted)) return;
  throw new Problem(401, 'unauthorized', given === undefined ? '缺少令牌：请求头 Authorization: Bearer <令牌>' : '令牌不对',
    given === undefined ? 'no token: send the header Authorization: Bearer <token>' : 'wrong token', { 'www-authenticate': 'Bearer' });
}

/** The body, which is JSON; undefined: there is none. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const tooLarge = new Problem(413, 'too_large', `请求体不能超过 ${BODY_MAX} 字节`, `the body may have at most ${BODY_MAX} bytes`, { connection: 'close' });
  if (Number(request.headers['content-length'] ?? 0) > BODY_MAX) throw tooLarge;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_MAX) throw tooLarge;
    parts.push(part);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts)));
  } catch {
    throw new Problem(400, 'bad_body', '请求体不是 JSON', 'the body is not JSON');
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Ended) return new Problem(503, 'ended', '程序已经结束', 'the program is over', { connection: 'close' });
  if (error instanceof Busy) {
    return error.sent
      ? new Problem(503, 'busy', '程序正在本机函数里计算，没有及时回应；请求可能稍后才生效', 'the program is inside a native that computes; the request may take effect later')
      : new Problem(503, 'busy', '请求太多，没有轮到', 'too many requests are waiting');
  }
  return new Problem(500, 'internal', `检查器内部错误：${error instanceof Error ? error.message : String(error)}`, `internal error of the inspector: ${error instanceof Error ? error.message : String(error)}`);
}

function send(response: ServerResponse, status: number, body: unknown, headers: Problem['headers'] = {}): void {
  const text = Buffer.from(JSON.stringify(body), 'utf8');
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': text.length, 'cache-control': 'no-store', ...headers });
  response.end(text);
}

/** A server that is not listening yet. */
export function makeServer(machine: Machine, token: string): Server {
  const routes = routesOf(machine);
  const wanted = digest(token);
  const connections = new Connections();

  async function answer(request: IncomingMessage): Promise<Reply> {
    checkHost(request, server);
    checkToken(request, wanted);
    connections.know(request.socket);
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const found = routes.flatMap((route) => {
      const match = route.path.exec(url.pathname);
      return match === null ? [] : [{ route, id: match[1] }];
    });
    if (found.length === 0) throw new Problem(404, 'not_found', `没有 ${url.pathname}`, `there is no ${url.pathname}`);
    const chosen = found.find(({ route }) => route.method === request.method);
    if (chosen === undefined) {
      const allow = found.map(({ route }) => route.method).join(', ');
      throw new Problem(405, 'method', `${url.pathname} 只接受 ${allow}`, `${url.pathname} takes ${allow} only`, { allow });
    }
    onlyKnown(url.searchParams, chosen.route.parameters);
    const body = request.method === 'POST' ? await readBody(request) : undefined;
    return chosen.route.serve({ id: chosen.id, query: url.searchParams, body });
  }

  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000, connectionsCheckingInterval: 1_000 }, (request, response) => {
    answer(request).then(
      ({ status, body }) => send(response, status, body),
      (error: unknown) => {
        const problem = problemOf(error);
        send(response, problem.status, problem.body, problem.headers);
        // What is left of a body nobody reads.
        if (!request.complete) request.resume();
      },
    );
  });
  server.on('connection', (socket) => connections.add(socket));
  return server;
}
