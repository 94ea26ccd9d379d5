/*
 * The thread that serves the inspector: made into dist/inspector.cjs, started by start.ts. Glue only: a server (server.ts) at one end, the
 * program (machine.ts) at the other.
 */
import { Socket } from 'node:net';
import { workerData } from 'node:worker_threads';
import { Machine } from './machine.js';
import { makeServer } from './server.js';
import { FAILED, LAST_CALL_MS, LISTENING, PATIENCE_MS, type Setup } from './setup.js';

const { port, token, descriptor, state, reason } = workerData as Setup;

function tell(status: number): void {
  Atomics.store(state, 0, status);
  Atomics.notify(state, 0);
}

const machine = new Machine(new Socket({ fd: descriptor, readable: true, writable: true }));
const server = makeServer(machine, token);

machine.ended.then(() => {
  // Those who waited get their answers, and those who knock at this moment hear why there will be no other; then nothing is left that keeps the
  // thread alive.
  setTimeout(() => {
    server.close();
    server.closeIdleConnections();
  }, LAST_CALL_MS);
  setTimeout(() => server.closeAllConnections(), PATIENCE_MS / 2).unref();
}, () => undefined);

server.once('error', (error: NodeJS.ErrnoException) => {
  new TextEncoder().encodeInto((error.code ?? error.message).slice(0, 200), reason);
  tell(FAILED);
});
server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
  const address = server.address();
  state[1] = address !== null && typeof address === 'object' ? address.port : 0;
  tell(LISTENING);
});
