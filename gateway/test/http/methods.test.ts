import type { RunningService } from '@shop/kit/service';
import { exchangeRaw } from '@shop/testkit/raw-socket';
import { rest } from '@shop/testkit/http';
import { startLocalGateway } from '../local-gateway';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'PROPFIND', 'TRACE', 'M-SEARCH'];

let gateway: RunningService;
let paths: string[];
beforeAll(async () => {
  gateway = await startLocalGateway({ CORS_ORIGINS: 'https://shop.example' });
  const { body } = await rest(gateway.url)<{ paths: object }>('GET', '/openapi.json');
  const documented = Object.keys(body.paths).map((path) => path.replace(/\{\w+\}/g, 'x'));
  paths = [...documented, '/graphql', '/healthz', '/readyz', '/metrics', '/docs', '/openapi.json'];
  paths.push(
    '/graphiql',
    '/graphiql/main.js',
    '/schema.graphql',
    '/.well-known/jwks.json',
    '/',
    '/docs/scalar.js',
  );
});
afterAll(() => gateway?.stop());

const send = (line: string, headers = '') =>
  exchangeRaw(gateway.url, `${line} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n${headers}\r\n`);
const allowOf = (head: string) => /^allow: (.*)$/im.exec(head)?.[1]?.trim();

describe('a method', () => {
  it('returns 405 with Allow unless Allow names it', async () => {
    for (const path of paths) {
      const { head } = await send(`OPTIONS ${path}`);
      const allowed = allowOf(head)?.split(', ') ?? [];
      expect([path, allowed.length]).not.toEqual([path, 0]);
      for (const method of methods) {
        const response = await send(`${method} ${path}`);
        expect([path, method, response.status === 405]).toEqual([path, method, !allowed.includes(method)]);
        if (response.status !== 405) continue;
        expect([path, method, allowOf(response.head)]).toEqual([path, method, allowed.join(', ')]);
        if (method !== 'HEAD')
          expect(JSON.parse(response.body)).toMatchObject({ code: 'method_not_allowed' });
      }
    }
  });

  it('that is not allowed returns 405 before the body is read', async () => {
    for (const headers of ['', 'Content-Type: json\r\n', 'Content-Encoding: gzip\r\n']) {
      const line = `PUT /v1/products HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n`;
      const bytes = `${line}${headers}Content-Length: 1\r\n\r\n{`;
      expect((await exchangeRaw(gateway.url, bytes)).status).toBe(405);
    }
  });

  it('HEAD has the headers of GET, and no body', async () => {
    for (const path of ['/healthz', '/graphql', '/openapi.json']) {
      const accept = 'Accept: text/html\r\n';
      const [get, head] = [await send(`GET ${path}`, accept), await send(`HEAD ${path}`, accept)];
      expect([head.status, head.body]).toEqual([get.status, '']);
      expect(/^content-type: .*$/im.exec(head.head)?.[0]).toBe(/^content-type: .*$/im.exec(get.head)?.[0]);
    }
  });
});

describe('a path below a wildcard', () => {
  it('returns 405 for a method of no route, with the Allow of OPTIONS', async () => {
    for (const path of ['/graphiql/main.js', '/graphiql/nothing/at/all.js']) {
      const [post, options] = [await send(`POST ${path}`), await send(`OPTIONS ${path}`)];
      expect([path, post.status, allowOf(post.head)]).toEqual([path, 405, 'GET, HEAD']);
      expect([path, options.status, allowOf(options.head)]).toEqual([path, 204, 'GET, HEAD']);
    }
  });

  it.each(['/graphiql/nothing.js', '/graphiql/'])('returns 404 without a file: GET %s', async (path) => {
    const { status, body } = await send(`GET ${path}`);
    expect([status, JSON.parse(body)]).toMatchObject([404, { code: 'not_found' }]);
  });
});

describe('OPTIONS', () => {
  it('returns 404 for an unknown path', async () => {
    const response = await send('OPTIONS /v1/nothing');
    expect([response.status, JSON.parse(response.body)]).toMatchObject([404, { code: 'not_found' }]);
  });

  it('returns 204 with Allow for a known path, and for a CORS preflight', async () => {
    const preflight = 'Origin: https://shop.example\r\nAccess-Control-Request-Method: POST\r\n';
    for (const headers of ['', preflight]) {
      const { status, head } = await send('OPTIONS /v1/orders/x/pay', headers);
      expect([status, allowOf(head)]).toEqual([204, 'POST']);
      expect(/^access-control-allow-origin: (.*)$/im.exec(head)?.[1]?.trim()).toBe(
        headers === '' ? undefined : 'https://shop.example',
      );
    }
  });
});

describe('a path', () => {
  it.each([
    ['GET', '/v1/products/', '/v1/products'],
    ['POST', '/v1/products/', '/v1/products'],
    ['GET', '/v1/orders/', '/v1/orders'],
    ['GET', '/v1/products/x/', '/v1/products/x'],
    ['POST', '/v1/orders/x/pay/', '/v1/orders/x/pay'],
    ['GET', '/healthz/', '/healthz'],
    ['POST', '/graphql/', '/graphql'],
  ])(
    'with a trailing slash returns 404 that names the path without it: %s %s',
    async (method, path, right) => {
      const { status, body } = await send(`${method} ${path}`);
      expect([status, JSON.parse(body)]).toMatchObject([
        404,
        { code: 'not_found', instance: path, detail: expect.stringContaining(`use ${right},`) as string },
      ]);
    },
  );

  it.each(['/v1/orders//pay', '/v1/products//stock', '/v1/payments/webhooks/', '//v1/products'])(
    'with an empty segment returns 404: %s',
    async (path) => {
      const { status, body } = await send(`POST ${path}`);
      expect([status, JSON.parse(body)]).toMatchObject([404, { code: 'not_found' }]);
    },
  );

  it('may be in absolute form, as sent to a proxy', async () => {
    expect((await send('GET http://shop/healthz')).status).toBe(200);
    const { status, head } = await send('PUT http://shop/v1/products');
    expect([status, allowOf(head)]).toEqual([405, 'GET, HEAD, POST']);
  });

  it.each([
    '/v1/products/%ff',
    '/v1/products/%zz',
    '/v1/nothing/%c3%28',
    '/v1/products?search=%ff',
    '/graphql?query=%ff',
  ])('that is not percent-encoded UTF-8 returns 400: %s', async (path) => {
    const { status, head } = await send(`GET ${path}`);
    expect([status, head]).toEqual([
      400,
      expect.stringMatching(/^content-type: application\/(problem\+)?json/im),
    ]);
  });

  it('that is not percent-encoded UTF-8 returns a problem document with the IDs of its request', async () => {
    const { body, head } = await send('GET /v1/products/%ff');
    const problem = JSON.parse(body) as { request_id: string };
    expect(problem).toMatchObject({
      ...{ code: 'bad_request', instance: '/v1/products/%ff' },
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(head).toMatch(new RegExp(`^x-request-id: ${problem.request_id}$`, 'im'));
  });
});
