import { connect } from 'node:net';
import type { RunningService } from '@shop/kit/service';
import { freePorts } from '@shop/local-stack/ports';
import { rest } from '@shop/testkit/http';
import { silentLogger, startLocalGateway } from './local-gateway';

describe('gateway', () => {
  let gateway: RunningService;
  beforeAll(async () => {
    gateway = await startLocalGateway({ CORS_ORIGINS: 'https://shop.example' });
  });
  afterAll(() => gateway?.stop());

  const get = (path: string, headers: Record<string, string> = {}) =>
    rest(gateway.url)('GET', path, { headers });

  const text = async (path: string) => (await rest(gateway.url)<string>('GET', path)).body;

  it('returns 200 at /healthz, and 503 at /readyz until every subgraph was ready', async () => {
    const health = await get('/healthz');
    expect([health.status, health.body]).toEqual([
      200,
      {
        status: 'ok',
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        schema_hash: expect.stringMatching(/^[0-9a-f]{12}$/),
      },
    ]);
    const { status, body } = await get('/readyz');
    expect([status, body['missing']]).toEqual([503, ['user', 'product', 'order', 'payment']]);
  });

  it('uses the X-Request-Id of a request, and generates an ID for an invalid one', async () => {
    expect((await get('/healthz', { 'x-request-id': 'mine-1' })).headers.get('x-request-id')).toBe('mine-1');
    const generated = await get('/healthz', { 'x-request-id': 'not valid' });
    expect(generated.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('returns problem+json for an unknown route, an unsupported method and a URL that cannot be decoded', async () => {
    const unknown = await get('/v1/nothing');
    expect([unknown.status, unknown.body['code']]).toEqual([404, 'not_found']);
    const method = await rest(gateway.url)('PUT', '/v1/products/1');
    expect([method.status, method.body['code']]).toEqual([405, 'method_not_allowed']);
    expect(method.headers.get('allow')).toBe('GET, HEAD, PATCH');
    const invalid = await get('/v1/products/%zz');
    expect([invalid.status, invalid.body['code']]).toEqual([400, 'bad_request']);
    for (const { headers, body } of [unknown, method, invalid]) {
      expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(body['request_id']).toBe(headers.get('x-request-id'));
    }
  });

  it('adds the trace ID to every problem and every GraphQL error of a request that reached a route', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    for (const path of ['/v1/nothing', '/v1/products', '/v1/orders', '/v1/products?first=x'])
      expect((await get(path, headers)).body['trace_id']).toBe(traceId);
    // A trace of its own where the client sends none.
    expect((await get('/v1/nothing')).body['trace_id']).toMatch(/^[0-9a-f]{32}$/);

    const post = (body: string | object) => rest(gateway.url)('POST', '/graphql', { headers, body });
    for (const body of [
      { query: '{ nothing }' },
      { query: '{' },
      { query: '{ product(id: "1") { id } }' },
      {},
      'no JSON',
    ]) {
      const { errors } = (await post(body)).body as { errors: { extensions: object }[] };
      expect(errors[0]?.extensions).toMatchObject({ traceId, code: expect.any(String) as string });
    }
  });

  it('measures requests by route, method and status', async () => {
    await get('/v1/products/1');
    const body = await text('/metrics');
    expect(body).toContain(
      'http_server_request_duration_seconds_count{route="/v1/products/:id",method="GET",status="503"} 1',
    );
    expect(body).toContain('nodejs_eventloop_lag_seconds');
  });

  it('allows the configured origins and Apollo Sandbox, and no others', async () => {
    const allowed = async (origin: string) =>
      (await get('/v1/products', { origin })).headers.get('access-control-allow-origin');
    expect(await allowed('https://shop.example')).toBe('https://shop.example');
    expect(await allowed('https://studio.apollographql.com')).toBe('https://studio.apollographql.com');
    expect(await allowed('https://evil.example')).toBeNull();
  });

  const localOrigins = [
    'http://localhost:3000',
    'https://localhost:5173',
    'http://127.0.0.1:8081',
    'http://[::1]:4200',
    'http://localhost',
    'http://app.localhost:5173',
    'https://admin.shop.localhost',
  ];
  const notLocal = [
    'http://localhost.evil.example',
    'http://app.localhost.evil.example:5173',
    'http://evillocalhost:5173',
    'http://.localhost:5173',
    'http://evil.example/localhost',
    'http://127.0.0.1.evil.example:80',
  ];

  it('allows every localhost origin outside production, and none in production', async () => {
    const allowed = async (url: string, origin: string) =>
      (await rest(url)('GET', '/healthz', { headers: { origin } })).headers.get(
        'access-control-allow-origin',
      );
    for (const origin of localOrigins) expect(await allowed(gateway.url, origin)).toBe(origin);
    for (const origin of notLocal)
      expect([origin, await allowed(gateway.url, origin)]).toEqual([origin, null]);
    const production = await startLocalGateway({ NODE_ENV: 'production' });
    try {
      for (const origin of localOrigins) expect(await allowed(production.url, origin)).toBeNull();
    } finally {
      await production.stop();
    }
  });

  it('serves the OpenAPI document as JSON and YAML, and a page that loads nothing from other hosts', async () => {
    expect((await get('/openapi.json')).body).toMatchObject({ openapi: '3.1.0' });
    expect(await text('/openapi.yaml')).toMatch(/^openapi: 3\.1\.0/);
    const page = await get('/docs');
    const loaded = [...(await text('/docs')).matchAll(/(?:src|rel="stylesheet" href)="([^"]+)"/g)].map(
      ([, url]) => String(url),
    );
    expect(loaded).toEqual(['/docs/scalar.js']);
    for (const url of loaded) expect((await get(url)).status).toBe(200);
    const policy = String(page.headers.get('content-security-policy'));
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self' 'nonce-");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect((await get('/docs')).headers.get('content-security-policy')).not.toBe(policy);
  });

  it('prevents browsers from rendering a response as a page', async () => {
    const sandbox = await rest(gateway.url)<string>('GET', '/graphql', { headers: { accept: 'text/html' } });
    const data = [
      await get('/v1/products/1'),
      await get('/v1/nothing'),
      await get('/graphql?query={__typename}'),
    ];
    for (const { headers } of data) {
      expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    // The page of Sandbox has the rest of its policy.
    expect(sandbox.headers.get('content-security-policy')).toMatch(/^frame-ancestors 'none'; base-uri/);
    expect(sandbox.body).toContain('Content-Security-Policy');
  });

  it('returns 503 for the public keys until they have been read', async () => {
    const closed = await startLocalGateway({ JWKS_URL: 'http://127.0.0.1:9/jwks.json' });
    try {
      const { status, body } = await rest(closed.url)('GET', '/.well-known/jwks.json');
      expect([status, body['code']]).toEqual([503, 'upstream_unavailable']);
    } finally {
      await closed.stop();
    }
  });

  it('serves the public keys without private parts', async () => {
    const { body } = await get('/.well-known/jwks.json');
    const keys = body['keys'] as Record<string, unknown>[];
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it('serves the metrics on METRICS_PORT only', async () => {
    const [port] = await freePorts(1);
    const inside = await startLocalGateway({ METRICS_PORT: String(port) });
    try {
      expect((await rest(inside.url)('GET', '/metrics')).status).toBe(404);
      expect((await rest(`http://127.0.0.1:${port}`)('GET', '/metrics')).status).toBe(200);
    } finally {
      await inside.stop();
    }
  });

  it('serves the metrics on both ports with METRICS_PUBLIC', async () => {
    const [port] = await freePorts(1);
    const both = await startLocalGateway({ METRICS_PORT: String(port), METRICS_PUBLIC: 'true' });
    try {
      expect((await rest(both.url)('GET', '/metrics')).status).toBe(200);
      expect((await rest(`http://127.0.0.1:${port}`)('GET', '/metrics')).status).toBe(200);
    } finally {
      await both.stop();
    }
  });

  it.each<Record<string, string>>([{}, { METRICS_PUBLIC: 'true' }])(
    'serves no metrics on the public port in production, with the settings %j',
    async (settings) => {
      const logger = silentLogger();
      const logged = jest.spyOn(logger, 'info');
      const production = await startLocalGateway({ NODE_ENV: 'production', ...settings }, logger);
      try {
        expect((await rest(production.url)('GET', '/metrics')).status).toBe(404);
        const calls = logged.mock.calls as unknown as [message: string, fields: { url: string }][];
        const { url } = calls.find(([message]) => message === 'serving metrics')![1];
        expect(new URL(url).port).not.toBe(new URL(production.url).port);
        expect((await rest(url)('GET', '/metrics')).status).toBe(200);
      } finally {
        await production.stop();
      }
    },
  );

  it('reports that it is draining and completes requests in progress when it stops', async () => {
    const stopping = await startLocalGateway();
    const started = await startRequest(stopping.url, '/readyz');
    const stopped = stopping.stop();
    const response = await started.finish();
    expect(response).toMatch(/^HTTP\/1\.1 503 /);
    expect(response).toContain('"status":"draining"');
    await stopped;
    await expect(rest(stopping.url)('GET', '/healthz')).rejects.toThrow();
  });
});

/** Resolves when the server has received a request except its last line. */
async function startRequest(url: string, path: string): Promise<{ finish(): Promise<string> }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding('utf8');
  const nextResponse = () => new Promise<string>((resolve) => socket.once('data', resolve));
  // Sent in the same packet as another request, whose response shows that the server has both.
  const first = nextResponse();
  socket.write(`GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET ${path} HTTP/1.1\r\nHost: x\r\n`);
  await first;
  return {
    finish() {
      const last = nextResponse();
      socket.write('\r\n');
      return last;
    },
  };
}
