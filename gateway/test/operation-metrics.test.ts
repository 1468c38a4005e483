import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import type { RunningService } from '@shop/kit/service';
import { eventually } from '@shop/testkit/eventually';
import { graphql, rest } from '@shop/testkit/http';
import { samplesOf } from '@shop/testkit/metrics';
import { routes } from '../src/rest/routes/index';
import { startLocalGateway } from './local-gateway';

// The manifest has this name; its subgraph is unavailable.
const listedName = 'RestProduct';
const traceId = '0af7651916cd43dd8448eb211c80319c';

let gateway: RunningService;
beforeAll(async () => {
  // The flag of a trusted proxy decides whether a request is sampled.
  gateway = await startLocalGateway({ TRUST_PROXY: 'loopback' });
});
afterAll(() => gateway?.stop());

async function scrape(accept = '*/*'): Promise<string> {
  const response = await fetch(`${gateway.url}/metrics`, { headers: { accept } });
  return response.text();
}

/** Counts of operations as `operation outcome`. */
async function operations(): Promise<Record<string, number>> {
  const pattern = /^graphql_operation_duration_seconds_count\{operation="(\w+)",outcome="(\w+)"\} (\d+)$/gm;
  const found = [...(await scrape()).matchAll(pattern)];
  return Object.fromEntries(found.map(([, name, outcome, count]) => [`${name} ${outcome}`, Number(count)]));
}

/** The change of the counts while `work` runs. */
async function counted(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await operations();
  await work();
  const changes = Object.entries(await operations()).map(
    ([key, count]) => [key, count - (before[key] ?? 0)] as const,
  );
  return Object.fromEntries(changes.filter(([, change]) => change > 0));
}

const valueOf = async (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await scrape())?.[1]);

describe('graphql_operation_duration_seconds', () => {
  it('has the name of an operation of the manifest, also of one that the facade runs', async () => {
    const id = '01a18df7-f500-7bd9-9b3d-bffab89f890e';
    expect(await counted(() => rest(gateway.url)('GET', `/v1/products/${id}`))).toEqual({
      [`${listedName} error`]: 1,
    });
  });

  it('has no name that a client invents, nor a listed name with another document', async () => {
    const send = graphql(gateway.url);
    expect(
      await counted(async () => {
        for (let index = 0; index < 20; index += 1) await send(`query Invented${index} { __typename }`);
        await send(`query ${listedName} { __typename }`);
        await send('{ __typename }');
      }),
    ).toEqual({ 'other ok': 22 });
  });

  it('distinguishes what the client can correct from failures of the shop', async () => {
    const send = graphql(gateway.url);
    expect(await counted(() => send('{'))).toEqual({ 'other rejected': 1 });
    expect(await counted(() => send('{ nothing }'))).toEqual({ 'other rejected': 1 });
    expect(await counted(() => send('{ productBySku(sku: "a") { id } }'))).toEqual({ 'other error': 1 });
  });

  it('has the trace ID of sampled requests as exemplars, and so have the requests themselves', async () => {
    const send = (flags: string) =>
      graphql(gateway.url)('{ __typename }', {
        headers: {
          'x-forwarded-for': '203.0.113.7',
          traceparent: `00-${traceId}-b7ad6b7169203331-${flags}`,
        },
      });
    await send('00');
    const accept = 'application/openmetrics-text; version=1.0.0';
    expect(await scrape(accept)).not.toContain(traceId);
    await send('01');
    const exemplars = (await scrape(accept)).split('\n').filter((line) => line.includes(traceId));
    expect(exemplars).toEqual([
      expect.stringMatching(
        /^http_server_request_duration_seconds_bucket\{.*route="\/graphql".* # \{trace_id="/,
      ),
      expect.stringMatching(/^graphql_operation_duration_seconds_bucket\{.*outcome="ok".* # \{trace_id="/),
    ]);
  });
});

it('counts a query plan that was found in the cache, and one that had to be made', async () => {
  const counts = async () => [
    await valueOf('gateway_plan_cache_misses_total'),
    await valueOf('gateway_plan_cache_hits_total'),
    await valueOf('gateway_plan_cache_entries'),
  ];
  const [misses = 0, hits = 0, entries = 0] = await counts();
  for (let index = 0; index < 3; index += 1)
    await graphql(gateway.url)('query Planned { productBySku(sku: "planned") { id } }');
  expect(await counts()).toEqual([misses + 1, hits + 2, entries + 1]);
});

it('records the overhead of operations that were executed', async () => {
  const before = await valueOf('gateway_overhead_seconds_count');
  await graphql(gateway.url)('{ __typename }');
  await graphql(gateway.url)('{ nothing }');
  expect(await valueOf('gateway_overhead_seconds_count')).toBe(before + 1);
});

it('has a limited number of series, whatever routes, methods and statuses clients request', async () => {
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];
  const paths = [...new Set(routes.map(({ path }) => path.replace(':id', randomUUID())))];
  for (const path of paths)
    for (const method of methods)
      for (const headers of [{}, { authorization: 'Bearer a.b.c' }])
        await (await fetch(`${gateway.url}${path}`, { method, headers })).arrayBuffer();
  const samples = samplesOf(await scrape());
  const combinations = [...samples.keys()].filter((series) =>
    series.startsWith('http_server_request_duration_seconds_count'),
  );
  expect(combinations.length).toBeGreaterThan(routes.length);
  expect(samples.size).toBeLessThanOrEqual(3_000);
});

// Last, because a further gateway in this process replaces the gauges of the first one.
it('distinguishes a client that disconnects from a failure of a subgraph', async () => {
  const client = new AbortController();
  const abort = ({ url }: IncomingMessage) => void (url === '/graphql' && client.abort());
  const hanging = createServer(abort).listen(0, '127.0.0.1');
  await once(hanging, 'listening');
  const { port } = hanging.address() as AddressInfo;
  const own = await startLocalGateway({ PRODUCT_URL: `http://127.0.0.1:${port}/graphql` });
  try {
    const changes = await counted(async () => {
      const sent = fetch(`${own.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ productBySku(sku: "a") { id } }' }),
        signal: client.signal,
      });
      await expect(sent).rejects.toThrow();
      await eventually(async () => expect(await operations()).toHaveProperty(['other aborted']));
    });
    expect(changes).toEqual({ 'other aborted': 1 });
  } finally {
    await own.stop();
    hanging.closeAllConnections();
    hanging.close();
  }
});
