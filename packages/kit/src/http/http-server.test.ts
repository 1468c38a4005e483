import { once } from 'node:events';
import { exchangeRaw, openRawSocket, readUntilClosed } from '@shop/testkit/raw-socket';
import type { FastifyInstance } from 'fastify';
import { createLogger } from '../logger';
import { exposition } from '../metrics/exposition';
import { createHttpServer } from './http-server';
import { maskUnexpectedErrors } from './unexpected-errors';

const longTimeouts = {
  HTTP_HEADERS_TIMEOUT_MS: 10_000,
  HTTP_REQUEST_TIMEOUT_MS: 10_000,
  HTTP_MAX_CONNECTIONS: 100,
};

const started: FastifyInstance[] = [];
afterEach(() => Promise.all(started.splice(0).map((app) => app.close())));

async function startServer(limits: Partial<typeof longTimeouts> = {}): Promise<string> {
  const app = createHttpServer({ limits: { ...longTimeouts, ...limits } });
  started.push(app);
  const logger = createLogger({ service: 'test' });
  logger.silent = true;
  maskUnexpectedErrors(app, logger);
  app.post('/echo', (request) => ({ body: request.body }));
  app.post('/early', {
    onRequest(_request, reply) {
      void reply.code(401).send('early');
    },
    handler: () => undefined,
  });
  app.post('/streamed', {
    onRequest(_request, reply) {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-length': 1_000 }).write('part');
    },
    handler: () => undefined,
  });
  app.get('/echo', (request) => ({ query: request.query }));
  return app.listen({ host: '127.0.0.1', port: 0 });
}

function requestOf(line: string, headers: string[], body: string | Buffer = ''): Buffer {
  const length = Buffer.byteLength(body);
  const lengthHeader = length > 0 ? [`Content-Length: ${length}`] : [];
  const head = [`${line} HTTP/1.1`, ...headers, ...lengthHeader, 'Connection: close', '', ''];
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), Buffer.from(body)]);
}

const json = 'Content-Type: application/json';

async function rejectedWith(status: number): Promise<number> {
  const { text } = await exposition();
  const metric = new RegExp(`^http_server_unparsed_requests_total\\{status="${status}"\\} (\\d+)$`, 'm');
  return Number(metric.exec(text)?.[1] ?? 0);
}

describe('The time limits of a request', () => {
  it('return 408 and close the connection when the body does not arrive in time', async () => {
    const url = await startServer({ HTTP_HEADERS_TIMEOUT_MS: 100, HTTP_REQUEST_TIMEOUT_MS: 200 });
    const socket = await openRawSocket(url);
    const response = readUntilClosed(socket);
    socket.write(`POST /echo HTTP/1.1\r\nHost: a\r\n${json}\r\nContent-Length: 10\r\n\r\n{`);
    const { status, head, body } = await response;
    expect(status).toBe(408);
    expect(head).toContain('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status: 408, code: 'request_timeout' });
  });

  it.each([
    ['finished', '/early', 401, 'early'],
    ['started', '/streamed', 200, 'part'],
  ])(
    'close the connection without a second response if one was %s before the body arrived',
    async (_what, path, status, text) => {
      const url = await startServer({ HTTP_HEADERS_TIMEOUT_MS: 100, HTTP_REQUEST_TIMEOUT_MS: 200 });
      const socket = await openRawSocket(url);
      const response = readUntilClosed(socket);
      socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\n${json}\r\nContent-Length: 10\r\n\r\n{`);
      expect(await response).toMatchObject({ status, body: text });
    },
  );

  it('return 408 for a later request on the connection', async () => {
    const url = await startServer({ HTTP_HEADERS_TIMEOUT_MS: 100, HTTP_REQUEST_TIMEOUT_MS: 200 });
    const socket = await openRawSocket(url);
    const response = readUntilClosed(socket);
    const head = `POST /echo HTTP/1.1\r\nHost: a\r\n${json}\r\n`;
    socket.write(`${head}Content-Length: 2\r\n\r\n{}`);
    await once(socket, 'data');
    socket.write(`${head}Content-Length: 10\r\n\r\n{`);
    const { status, body } = await response;
    expect([status, body]).toEqual([200, expect.stringContaining('HTTP/1.1 408')]);
  });

  it('are counted with other requests that reach no route, by status', async () => {
    const url = await startServer();
    const before = await rejectedWith(400);
    await exchangeRaw(url, 'hello\r\n\r\n');
    expect(await rejectedWith(400)).toBe(before + 1);
  });

  it('start with the first byte, however often a client sends another one', async () => {
    const url = await startServer({ HTTP_HEADERS_TIMEOUT_MS: 100, HTTP_REQUEST_TIMEOUT_MS: 300 });
    const socket = await openRawSocket(url);
    const response = readUntilClosed(socket);
    socket.write(`POST /echo HTTP/1.1\r\nHost: a\r\n${json}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const trickle = setInterval(() => socket.writable && socket.write('1\r\n \r\n'), 20);
    const { status } = await response;
    clearInterval(trickle);
    expect(status).toBe(408);
  });

  it.each([
    ['headers that do not end', 'POST /echo HTTP/1.1\r\nHost: a\r\nX-Slow: '],
    ['a connection without any request', ''],
  ])('apply to %s', async (_what, bytes) => {
    const url = await startServer({ HTTP_HEADERS_TIMEOUT_MS: 100, HTTP_REQUEST_TIMEOUT_MS: 60_000 });
    const socket = await openRawSocket(url);
    const response = readUntilClosed(socket);
    socket.write(bytes);
    expect((await response).status).toBe(408);
  });
});

it('closes a connection above the limit and serves the open ones', async () => {
  const url = await startServer({ HTTP_MAX_CONNECTIONS: 1 });
  const first = await openRawSocket(url);
  const response = readUntilClosed(first);
  const second = await readUntilClosed(await openRawSocket(url));
  expect(second.status).toBe(0);
  first.write(requestOf('POST /echo', ['Host: a', json], '{}'));
  expect((await response).status).toBe(200);
});

describe('A body', () => {
  const exchange = (url: string, body: string | Buffer, headers = [json]) =>
    exchangeRaw(url, requestOf('POST /echo', ['Host: a', ...headers], body));

  it.each([
    ['a byte of ISO 8859-1', [0xfc]],
    ['a sequence that is cut off', [0xe2, 0x82]],
    ['an overlong sequence', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a code point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ])('with %s is rejected with 400, as JSON and as text', async (_what, bytes) => {
    const url = await startServer();
    const body = Buffer.concat([Buffer.from('{"text":"'), Buffer.from(bytes), Buffer.from('"}')]);
    for (const type of [json, 'Content-Type: text/plain']) {
      const response = await exchange(url, body, [type]);
      expect(response.status).toBe(400);
      expect(response.body).toContain('not valid UTF-8');
    }
  });

  it.each(['iso-8859-1', 'utf-16', 'us-ascii', '"windows-1252"', 'utf-8; charset=latin1', ''])(
    'whose Content-Type declares the charset %s is rejected with 400',
    async (charset) => {
      const url = await startServer();
      const response = await exchange(url, '{}', [`${json}; charset=${charset}`]);
      expect([response.status, response.body]).toEqual([400, expect.stringContaining('UTF-8')]);
    },
  );

  it.each(['utf-8', 'UTF-8', '"utf-8"', 'utf8'])('in the charset %s is read', async (charset) => {
    const url = await startServer();
    const response = await exchange(url, '{"text":"ü€🎈"}', [`${json};charset=${charset}`]);
    expect([response.status, Buffer.from(response.body, 'latin1').toString()]).toEqual([
      200,
      '{"body":{"text":"ü€🎈"}}',
    ]);
  });

  it('may start with a byte order mark', async () => {
    const url = await startServer();
    expect((await exchange(url, '\ufeff{"a":1}')).body).toBe('{"body":{"a":1}}');
  });

  it.each(['gzip', 'br', 'deflate', 'zstd', 'x-unknown', 'identity, gzip'])(
    'with Content-Encoding %s is rejected with 415, compressed or not',
    async (encoding) => {
      const url = await startServer();
      const response = await exchange(url, '{}', [json, `Content-Encoding: ${encoding}`]);
      expect([response.status, response.body]).toEqual([
        415,
        expect.stringContaining('UNSUPPORTED_MEDIA_TYPE'),
      ]);
    },
  );

  it('with Transfer-Encoding gzip, chunked is rejected with 400', async () => {
    const url = await startServer();
    const bytes = `POST /echo HTTP/1.1\r\nHost: a\r\n${json}\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n`;
    expect((await exchangeRaw(url, bytes)).status).toBe(400);
  });
});

describe('An address', () => {
  it.each(['%ff', '%C3%28', '%ED%A0%80', '%E2%82', '%zz', '%'])(
    'with %s in the query string is rejected with 400',
    async (encoded) => {
      const url = await startServer();
      const response = await exchangeRaw(url, requestOf(`GET /echo?text=${encoded}`, ['Host: a']));
      expect([response.status, response.body]).toEqual([
        400,
        expect.stringContaining('percent-encoded UTF-8'),
      ]);
    },
  );

  it('with %ff in the path is rejected with 400 as in the query string, with its request ID', async () => {
    const url = await startServer();
    const response = await exchangeRaw(url, requestOf('GET /echo%ff', ['Host: a', 'X-Request-Id: r-1']));
    expect([response.status, response.head, response.body]).toEqual([
      400,
      expect.stringMatching(/^x-request-id: r-1$/im),
      expect.stringContaining('percent-encoded UTF-8'),
    ]);
  });

  it('with bytes that are not ASCII is rejected with 400', async () => {
    const url = await startServer();
    for (const target of ['/echo?text=\xc3\xbc', '/ech\xf6'])
      expect((await exchangeRaw(url, requestOf(`GET ${target}`, ['Host: a']))).status).toBe(400);
  });

  it('with percent-encoded UTF-8 is read', async () => {
    const url = await startServer();
    const response = await exchangeRaw(url, requestOf('GET /echo?text=%E2%82%AC', ['Host: a']));
    expect(Buffer.from(response.body, 'latin1').toString()).toBe('{"query":{"text":"€"}}');
  });
});

describe('A request', () => {
  it.each([
    ['two Host headers', ['Host: a', 'Host: b']],
    ['two equal Host headers', ['Host: a', 'host: a']],
    ['two Authorization headers', ['Host: a', 'Authorization: Bearer a', 'Authorization: Bearer b']],
    ['two Content-Type headers', ['Host: a', json, 'Content-Type: text/plain']],
    ['no Host header', []],
    ['an empty Host header', ['Host:']],
    ['a Host header with a path', ['Host: a/b']],
    ['a Host header with a space', ['Host: a b']],
    ['a Host header with a port that is no number', ['Host: a:b']],
  ])('with %s is rejected with 400', async (_what, headers) => {
    const url = await startServer();
    const response = await exchangeRaw(url, requestOf('GET /echo', headers));
    expect([response.status, response.body]).toEqual([400, expect.stringContaining('BAD_USER_INPUT')]);
  });

  it('of HTTP/1.0 needs no Host header', async () => {
    const url = await startServer();
    expect((await exchangeRaw(url, 'GET /echo HTTP/1.0\r\n\r\n')).status).toBe(200);
  });

  it.each([
    ['of an unknown protocol', 'hello\r\n\r\n', 400, 'bad_request'],
    ['of an unknown method', 'FETCH /echo HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'bad_request'],
    [
      'with two lengths',
      'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'bad_request',
    ],
    [
      'with a header that is no header',
      'GET /echo HTTP/1.1\r\nHost: a\r\nA B: c\r\n\r\n',
      400,
      'bad_request',
    ],
    [
      'with headers above the limit',
      `GET /echo HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    ['to open a tunnel', 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n', 400, 'bad_request'],
  ])('%s is rejected with problem+json before routing', async (_what, bytes, status, code) => {
    const url = await startServer();
    const response = await exchangeRaw(url, bytes);
    expect(response.head).toContain('Content-Type: application/problem+json');
    expect([response.status, JSON.parse(response.body)]).toEqual([
      status,
      expect.objectContaining({ status, code, request_id: expect.any(String) as string }),
    ]);
  });

  it('with an unknown Expect header is served as without it', async () => {
    const url = await startServer();
    const response = await exchangeRaw(url, requestOf('GET /echo', ['Host: a', 'Expect: cake']));
    expect(response.status).toBe(200);
  });
});
