import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { request } from 'undici';
import { traceRequests } from './request-trace';
import { currentTraceparent, traceHeaders } from './trace';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

let app: FastifyInstance;
let url: string;

beforeAll(async () => {
  app = Fastify();
  traceRequests(app, () => true);
  const seen = async () => ({ traceparent: currentTraceparent() });
  app.get('/seen', seen);
  app.post('/seen', seen);
  app.get('/by-call', async () => {
    await Promise.resolve();
    return (await request(`${url}/seen`, { headers: traceHeaders() })).body.json();
  });
  app.get('/by-other-call', async () => (await request(`${url}/seen`)).body.json());
  await app.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});
afterAll(() => app.close());

async function seenAt(path: string, headers: Record<string, string> = {}): Promise<string> {
  const { body } = await request(`${url}${path}`, { headers });
  return ((await body.json()) as { traceparent: string }).traceparent;
}

describe('The trace of a request', () => {
  it.each(['/seen', '/by-call'])('is that of its traceparent header: %s', async (path) => {
    expect(await seenAt(path, { traceparent })).toBe(traceparent);
  });

  it('does not go to a service that is called without its headers', async () => {
    expect(await seenAt('/by-other-call', { traceparent })).not.toContain(traceId);
  });

  it('is a new one without the header', async () => {
    const [first, second] = [await seenAt('/seen'), await seenAt('/seen')];
    expect(first).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(second).not.toBe(first);
  });

  it('is its own when bodies arrive in parts on one connection', async () => {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    const headers = (id: string) =>
      `POST /seen HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: 2\r\ntraceparent: 00-${id}-b7ad6b7169203331-00\r\n\r\n`;
    for (const id of ['1'.repeat(32), '2'.repeat(32)]) {
      socket.write(`${headers(id)}{`);
      await once(app.server, 'request');
      socket.write('}');
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toContain(id);
    }
    socket.destroy();
  });
});
