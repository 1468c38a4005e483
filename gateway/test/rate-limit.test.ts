import type { RunningService } from '@shop/kit/service';
import { graphql, rest } from '@shop/testkit/http';
import { startLocalGateway } from './local-gateway';

// No token is added during a test.
const window = { RATE_LIMIT_WINDOW_SECONDS: '3600' };
const opened: RunningService[] = [];

async function openGateway(env: Record<string, string>): Promise<string> {
  const gateway = await startLocalGateway({ ...window, TRUST_PROXY: 'loopback', ...env });
  opened.push(gateway);
  return gateway.url;
}
afterEach(() => Promise.all(opened.splice(0).map((gateway) => gateway.stop())));

/** A request to an unknown route. */
const from = (url: string, address: string, path = '/v1/nothing') =>
  rest(url)('GET', path, { headers: { 'x-forwarded-for': address } });

it('returns to each client its remaining quota, and rejects with 429 what exceeds it', async () => {
  const url = await openGateway({ RATE_LIMIT_CLIENT_REQUESTS: '2', RATE_LIMIT_ALL_REQUESTS: '100' });
  const [first, second, third] = [
    await from(url, '192.0.2.1'),
    await from(url, '192.0.2.1'),
    await from(url, '192.0.2.1'),
  ];
  expect([first.status, second.status, third.status]).toEqual([404, 404, 429]);
  expect([first, second, third].map(({ headers }) => headers.get('ratelimit'))).toEqual([
    '"client";r=1;t=1800',
    '"client";r=0;t=3600',
    '"client";r=0;t=3600',
  ]);
  expect(third.headers.get('ratelimit-policy')).toBe('"client";q=2;w=3600, "all";q=100;w=3600');
  expect(third.headers.get('retry-after')).toMatch(/^1[78]\d\d$/);
  expect(third.headers.get('content-type')).toContain('application/problem+json');
  expect(third.body).toMatchObject({ code: 'rate_limited', status: 429 });
});

it('counts each address separately, and an IPv6 /64 network as one client', async () => {
  const url = await openGateway({ RATE_LIMIT_CLIENT_REQUESTS: '1' });
  const statuses = [];
  for (const address of ['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2', '2001:db8:0:1::1']) {
    statuses.push((await from(url, address)).status);
  }
  expect(statuses).toEqual([404, 404, 404, 429, 404]);
});

it('ignores X-Forwarded-For of a proxy that is not trusted', async () => {
  const url = await openGateway({ RATE_LIMIT_CLIENT_REQUESTS: '1', TRUST_PROXY: '' });
  expect((await from(url, '192.0.2.1')).status).toBe(404);
  expect((await from(url, '192.0.2.2')).status).toBe(429);
});

it('limits all clients together', async () => {
  const url = await openGateway({ RATE_LIMIT_CLIENT_REQUESTS: '1', RATE_LIMIT_ALL_REQUESTS: '2' });
  // Requests above the client's quota do not use the common quota.
  for (let request = 0; request < 5; request += 1) await from(url, '192.0.2.1');
  expect((await from(url, '192.0.2.2')).status).toBe(404);
  // A request that the common quota rejects does not use the client's quota.
  for (let request = 0; request < 3; request += 1) {
    const rejected = await from(url, '192.0.2.3');
    expect([rejected.status, rejected.headers.get('ratelimit')]).toEqual([429, '"all";r=0;t=3600']);
  }
});

it('returns 429 as a GraphQL error at /graphql', async () => {
  const url = await openGateway({ RATE_LIMIT_CLIENT_REQUESTS: '1' });
  expect((await graphql(url)('{ __typename }')).status).toBe(200);
  const { status, body, headers } = await graphql(url)('{ __typename }');
  expect([status, body.errors?.[0]?.extensions]).toEqual([
    429,
    { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number), traceId: expect.any(String) },
  ]);
  expect(headers.get('retry-after')).toMatch(/^3[56]\d\d$/);
});

it('does not limit /healthz and /readyz', async () => {
  const url = await openGateway({ RATE_LIMIT_CLIENT_REQUESTS: '1' });
  const statuses = [];
  for (const path of ['/healthz', '/readyz', '/healthz', '/readyz'])
    statuses.push((await from(url, '192.0.2.1', path)).status);
  // Not ready, because no subgraph is available.
  expect(statuses).toEqual([200, 503, 200, 503]);
  expect((await from(url, '192.0.2.1')).status).toBe(404);
});

it('exposes the headers to pages of allowed origins, also with 429', async () => {
  const url = await openGateway({ RATE_LIMIT_CLIENT_REQUESTS: '1', CORS_ORIGINS: 'https://shop.example' });
  const ask = () => rest(url)('GET', '/v1/nothing', { headers: { origin: 'https://shop.example' } });
  await ask();
  const { status, headers } = await ask();
  expect([status, headers.get('access-control-allow-origin')]).toEqual([429, 'https://shop.example']);
  expect(headers.get('access-control-expose-headers')).toContain('ratelimit');
});
