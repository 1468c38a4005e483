import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { exchange } from './exchange';

let server: Server;
let pool: Pool;
let received: string[];

beforeEach(async () => {
  received = [];
  server = createServer((request, response) => {
    received.push(request.url ?? '');
    // The others get no response.
    if (request.url === '/answered') response.end('{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 1 });
});

afterEach(async () => {
  await pool.destroy();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const send = (path: string, signal: AbortSignal) =>
  exchange(pool, { path, method: 'POST', headers: {}, body: '{}' }, signal);

it('ends a request that waits for a connection when it is aborted, and does not send it', async () => {
  const [first, waiting] = [new AbortController(), new AbortController()];
  const sent = send('/first', first.signal);
  const waits = send('/waiting', waiting.signal);
  const late = new Error('late');
  waiting.abort(late);
  await expect(waits).rejects.toBe(late);
  first.abort(late);
  await expect(sent).rejects.toBe(late);
  const { status, text } = await send('/answered', new AbortController().signal);
  expect([status, text, received.filter((path) => path !== '/first')]).toEqual([200, '{}', ['/answered']]);
});
