import { spawnSync } from 'node:child_process';
import { freePorts } from '@shop/local-stack/ports';
import { recordOf, type ServiceName, serviceNames, workspaceRoot } from '@shop/local-stack/stack';
import { documentedMetrics } from '@shop/testkit/documented-metrics';
import { rest } from '@shop/testkit/http';
import { metricsOf, samplesOf } from '@shop/testkit/metrics';
import { describeWithProgram } from '@shop/testkit/optional-server';
import { checkWithPromtool, promtoolProgram } from '@shop/testkit/promtool';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { graphqlStorefront } from '../storefront/graphql-storefront';
import { restStorefront } from '../storefront/rest-storefront';
import { type Storefront, unwrap } from '../storefront/storefront';
import { uniqueEmail } from '../shop';

const mostSeries = 3_000;
const password = 'P@ssw0rd';
const sampledTraceId = '0af7651916cd43dd8448eb211c80319c';

let stack: TestStack;
let scrapes: Record<ServiceName, string>;
/** The scrape of the gateway as OpenMetrics. */
let exemplars: string;

beforeAll(async () => {
  const ports = await freePorts(serviceNames.length);
  const portOf = recordOf(serviceNames, (name) => ports[serviceNames.indexOf(name)] as number);
  const serviceEnv = recordOf(serviceNames, (name) => ({ METRICS_PORT: String(portOf[name]) }));
  // Nothing listens there: what is sampled has an exemplar, whether or not it can be exported.
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_TRACES_SAMPLER: 'always_on' };
  stack = await startTestStack({ serviceEnv, env });
  for (const storefront of [restStorefront(stack.gatewayUrl), graphqlStorefront(stack.gatewayUrl)])
    await useShop(storefront);
  await beHostile();
  await rest(stack.gatewayUrl)('GET', '/v1/products', {
    headers: { traceparent: `00-${sampledTraceId}-b7ad6b7169203331-01` },
  });
  const texts = await Promise.all(
    serviceNames.map(async (name) => (await fetch(`http://127.0.0.1:${portOf[name]}/metrics`)).text()),
  );
  exemplars = await (
    await fetch(`http://127.0.0.1:${portOf.gateway}/metrics`, {
      headers: { accept: 'application/openmetrics-text; version=1.0.0' },
    })
  ).text();
  scrapes = recordOf(serviceNames, (name) => texts[serviceNames.indexOf(name)] as string);
});
afterAll(() => stack?.stop());

/** Buys, is declined, cancels, fails to log in. */
async function useShop(storefront: Storefront): Promise<void> {
  const { accessToken: adminToken } = unwrap(await storefront.login(stack.admin));
  const email = uniqueEmail();
  const { accessToken } = unwrap(await storefront.register({ email, password }));
  await storefront.login({ email, password: 'wrong' });
  const product = unwrap(
    await storefront.createProduct(adminToken, {
      ...{ sku: `SKU-${storefront.api}`, name: 'Thing', priceCents: 1_000, currency: 'EUR', stock: 100 },
    }),
  );
  for (const method of ['sim_success', 'sim_declined', 'sim_timeout', 'sim_requires_action']) {
    const order = unwrap(await storefront.placeOrder(accessToken, [{ productId: product.id, quantity: 1 }]));
    await storefront.payOrder(accessToken, order.id, method);
  }
}

/** What clients could invent: operation names, routes, methods, IDs. */
async function beHostile(): Promise<void> {
  for (let index = 0; index < 200; index += 1) {
    const body = JSON.stringify({ query: `query Invented${index} { __typename }` });
    await fetch(`${stack.gatewayUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const path = `/v1/products/${index}/../${index}`;
    await fetch(`${stack.gatewayUrl}${path}`, {
      method: ['GET', 'PUT', 'DELETE', 'PATCH', 'POST'][index % 5]!,
    });
  }
}

it('docs/metrics.md is up to date (otherwise run `npm run generate`)', () => {
  const { status, stderr } = spawnSync(process.execPath, ['tools/generate-metrics.mjs', '--check'], {
    cwd: workspaceRoot,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
});

describe.each(serviceNames)('A scrape of %s', (service) => {
  const documented = documentedMetrics().filter(({ processes }) => processes.includes(service));
  const holds = (condition: string | undefined) =>
    condition === undefined || (condition === 'the process has a database' && service !== 'gateway');

  it('has every metric that docs/metrics.md lists for it, of that type', () => {
    const scraped = metricsOf(scrapes[service]);
    const expected = documented
      .filter(({ condition }) => holds(condition))
      .map(({ name, type }) => [name, type] as const);
    expect(expected.length).toBeGreaterThan(0);
    expect(Object.fromEntries(expected.map(([name]) => [name, scraped.get(name)]))).toEqual(
      Object.fromEntries(expected),
    );
  });

  it('has no metric and no label that docs/metrics.md does not list for it', () => {
    const names = new Set(documented.map(({ name }) => name));
    expect([...metricsOf(scrapes[service]).keys()].filter((name) => !names.has(name))).toEqual([]);
    const labels = new Set(
      documented.flatMap((metric) => metric.labels.map((label) => `${metric.name} ${label}`)),
    );
    const scraped = [...samplesOf(scrapes[service]).keys()].flatMap((series) => {
      const [name = '', rest = ''] = series.split('{');
      const metric = names.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
      return [...rest.matchAll(/(\w+)="/g)].map(([, label]) => `${metric} ${label}`);
    });
    expect([...new Set(scraped)].filter((found) => !found.endsWith(' le') && !labels.has(found))).toEqual([]);
  });

  it('has samples of each metric that has no labels, or whose statement was sent', () => {
    const samples = samplesOf(scrapes[service]);
    const hasSamples = (name: string) => [...samples.keys()].some((series) => series.startsWith(name));
    const expected = documented.filter(
      ({ labels, condition }) => (labels.length === 0 || condition !== undefined) && holds(condition),
    );
    expect(expected.filter(({ name }) => !hasSamples(name))).toEqual([]);
  });

  it(`has at most ${mostSeries} series`, () => {
    const { size } = samplesOf(scrapes[service]);
    process.stdout.write(`${service}: ${size} series\n`);
    expect(size).toBeLessThanOrEqual(mostSeries);
  });
});

it('the purchases are counted by the process that recorded them', () => {
  const [order, payment] = [samplesOf(scrapes.order), samplesOf(scrapes.payment)];
  expect(order.get('shop_orders_total{outcome="failed"}')).toBe(2);
  expect(order.get('shop_funnel_total{step="order_created"}')).toBe(8);
  expect(order.get('shop_funnel_total{step="payment_started"}')).toBe(8);
  expect(order.get('shop_revenue_minor_total{currency="EUR"}')).toBe(
    order.get('shop_orders_total{outcome="confirmed"}')! * 1_000,
  );
  expect(payment.get('shop_payment_declines_total{reason="card_declined"}')).toBe(2);
});

it('no operation name of a client is a label', () => {
  expect(scrapes.gateway).not.toContain('Invented');
  expect(scrapes.gateway).toContain('operation="RestPayOrder",outcome="ok"');
});

it('the trace ID of a sampled request is an exemplar of the request and of its operation', () => {
  const found = exemplars.split('\n').filter((line) => line.includes(`# {trace_id="${sampledTraceId}"}`));
  expect(found.map((line) => /^\w+_bucket\{.*(route="[^"]+"|operation="[^"]+")/.exec(line)?.[1])).toEqual(
    expect.arrayContaining(['route="/v1/products"', 'operation="RestProducts"']),
  );
});

describeWithProgram(promtoolProgram, 'promtool', () => {
  it.each(serviceNames)('accepts the scrape of %s', (service) => {
    expect(checkWithPromtool(scrapes[service])).toBe('');
  });
});
