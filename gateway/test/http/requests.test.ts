import { gzipSync } from 'node:zlib';
import type { RunningService } from '@shop/kit/service';
import { freePorts } from '@shop/local-stack/ports';
import { rest } from '@shop/testkit/http';
import { exchangeRaw, openRawSocket, readUntilClosed } from '@shop/testkit/raw-socket';
import { startLocalGateway } from '../local-gateway';

interface Answer {
  code?: string;
  errors?: { extensions: { code: string } }[];
}

/** A well-formed token: the gateway forwards it, a subgraph would reject it. */
const token = 'Authorization: Bearer x.y.z\r\n';

let gateway: RunningService;
/** Every path that takes a body, with its method. */
let targets: string[];
beforeAll(async () => {
  gateway = await startLocalGateway();
  const { body } = await rest(gateway.url)<{
    paths: Record<string, Record<string, { requestBody?: object }>>;
  }>('GET', '/openapi.json');
  const documented = Object.entries(body.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, { requestBody }]) => requestBody)
      .map(([method]) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, 'simulator')}`),
  );
  targets = [...documented, 'POST /graphql'];
});
afterAll(() => gateway?.stop());

async function post(
  target: string,
  headers: string,
  body: Buffer,
): Promise<{ status: number; code: string }> {
  const head = `${target} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n${token}${headers}Content-Length: ${body.length}\r\n\r\n`;
  const response = await exchangeRaw(gateway.url, Buffer.concat([Buffer.from(head), body]));
  const { code, errors } = JSON.parse(response.body) as Answer;
  return { status: response.status, code: String(code ?? errors?.[0]?.extensions.code).toLowerCase() };
}

const json = 'Content-Type: application/json\r\n';

describe('every route with a request body', () => {
  it('rejects bytes that are not UTF-8 with 400', async () => {
    const body = Buffer.concat([Buffer.from('{"query":"'), Buffer.from([0xfc, 0xe9]), Buffer.from('"}')]);
    const jsonTargets = targets.filter((target) => !target.includes('webhooks'));
    expect(jsonTargets.length).toBeGreaterThan(10);
    for (const target of jsonTargets)
      expect([target, (await post(target, json, body)).status]).toEqual([target, 400]);
  });

  it('rejects a declared charset other than UTF-8 with 400', async () => {
    for (const target of targets) {
      const headers = 'Content-Type: application/json; charset=iso-8859-1\r\n';
      expect([target, (await post(target, headers, Buffer.from('{}'))).status]).toEqual([target, 400]);
    }
  });

  it('rejects Content-Encoding with 415, whether or not the body is compressed', async () => {
    for (const target of targets) {
      for (const body of [gzipSync('{}'), Buffer.from('{}')]) {
        const response = await post(target, `${json}Content-Encoding: gzip\r\n`, body);
        expect([target, response]).toEqual([target, { status: 415, code: 'unsupported_media_type' }]);
      }
    }
  });

  it('rejects an invalid Content-Type with 415', async () => {
    for (const target of targets)
      expect((await post(target, 'Content-Type: json\r\n', Buffer.from('{}'))).status).toBe(415);
  });

  it('returns 408 when a body does not arrive in time', async () => {
    const strict = await startLocalGateway({
      HTTP_HEADERS_TIMEOUT_MS: '300',
      HTTP_REQUEST_TIMEOUT_MS: '300',
    });
    try {
      const responses = targets.map(async (target) => {
        const socket = await openRawSocket(strict.url);
        const response = readUntilClosed(socket);
        socket.write(`${target} HTTP/1.1\r\nHost: shop\r\n${token}${json}Content-Length: 100\r\n\r\n{`);
        return [target, (await response).status];
      });
      expect(await Promise.all(responses)).toEqual(targets.map((target) => [target, 408]));
    } finally {
      await strict.stop();
    }
  });
});

it('the metrics port has the same time limits', async () => {
  const [port] = await freePorts(1);
  const strict = await startLocalGateway({ METRICS_PORT: String(port), HTTP_HEADERS_TIMEOUT_MS: '300' });
  try {
    const { status } = await readUntilClosed(await openRawSocket(`http://127.0.0.1:${port}`));
    expect(status).toBe(408);
  } finally {
    await strict.stop();
  }
});

it('a connection above HTTP_MAX_CONNECTIONS is closed, and the others are served', async () => {
  const strict = await startLocalGateway({ HTTP_MAX_CONNECTIONS: '1' });
  try {
    const held = await openRawSocket(strict.url);
    const response = readUntilClosed(held);
    expect((await readUntilClosed(await openRawSocket(strict.url))).status).toBe(0);
    held.write('GET /healthz HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n');
    expect((await response).status).toBe(200);
  } finally {
    await strict.stop();
  }
});

it.each([
  ['two Host headers', 'Host: a\r\nHost: b\r\n'],
  ['no Host header', ''],
  ['an invalid Host header', 'Host: a b\r\n'],
])('every route rejects %s with 400', async (_what, headers) => {
  for (const target of [
    'GET /v1/products',
    'GET /healthz',
    'POST /graphql',
    'POST /v1/payments/webhooks/x',
  ]) {
    const bytes = `${target} HTTP/1.1\r\nConnection: close\r\n${headers}\r\n`;
    expect([target, (await exchangeRaw(gateway.url, bytes)).status]).toEqual([target, 400]);
  }
});

it.each([
  ['a line that is not HTTP', 'hello\r\n\r\n', 400],
  ['a header that is too large', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
])('%s is rejected with problem+json', async (_what, bytes, status) => {
  const { head, body } = await exchangeRaw(gateway.url, bytes);
  expect(head).toContain('Content-Type: application/problem+json');
  expect(JSON.parse(body)).toMatchObject({ status, request_id: expect.any(String) as string });
});
