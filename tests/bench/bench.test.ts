import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serviceNames } from '@shop/local-stack/stack';
import { startTestStack, type TestStack } from '@shop/testkit/stack';
import { measureCatalogue } from './catalogue/catalogue';
import { catalogueReport } from './catalogue/summary';
import { cpuMsOf } from './checkout/process-stats';
import { checkAnswers } from './gateway/equal-answers';
import { measureGateways } from './gateway/gateway';
import { gatewayReport } from './gateway/summary';
import { measureMemory, memoryReport } from './memory';
import { measureReads, readsReport } from './reads';
import type { Table } from './report';
import { measureStarts, startupReport } from './startup/startup';

// Small forms of the benchmarks: that they have figures, not how large these are.

const log = () => undefined;
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack({ seedProducts: 100 });
});
afterAll(() => stack?.stop());

/** The cells of the table, without the first column. */
const figuresOf = ({ rows }: Table) => rows.flatMap(([, ...cells]) => cells);

function expectPositive(figures: readonly (string | number)[]): void {
  expect(figures.length).toBeGreaterThan(0);
  expect(figures.filter((figure) => !(Number(figure) > 0))).toEqual([]);
}

test('gateway: measures the gateway and the stock gateway, which give the same answers', async () => {
  const { runs, bytes } = await measureGateways(
    stack,
    { rounds: 1, gateways: ['ours', 'stock'], durationMs: 100, warmUpMs: 1 },
    log,
  );
  const report = gatewayReport({ runs, bytes });
  expect(report.rows.map(([operation]) => operation)).toHaveLength(14);
  expect(new Set(runs.map((run) => `${run.gateway} ${run.operation}`)).size).toBe(28);
  expectPositive(runs.flatMap(({ requests, p99Ms }) => [requests, p99Ms]));
  // Of one run they can be 0: the resolution of the CPU time is 10 ms, and slow requests end later.
  for (const name of ['ours', 'stock'] as const)
    expectPositive([sumOf(name, 'cpuMs'), sumOf(name, 'perSecond')]);
  expect(report.chart).toContain('</svg>');

  function sumOf(name: 'ours' | 'stock', figure: 'cpuMs' | 'perSecond'): number {
    return runs.reduce((sum, run) => sum + (run.gateway === name ? run[figure] : 0), 0);
  }
});

test('gateway: stops with both answers if they differ', async () => {
  const server = createServer((_, response) => response.end('{"data":{"__typename":"Other"}}')).listen(0);
  await once(server, 'listening');
  const other = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const candidate = { pid: 0, stop: () => Promise.resolve() };
  const candidates = [
    { ...candidate, name: 'ours' as const, url: `${stack.gatewayUrl}/graphql` },
    { ...candidate, name: 'stock' as const, url: other },
  ];
  const operation = { name: 'root', query: '{ __typename }' };
  try {
    await expect(checkAnswers(candidates, operation, {})).rejects.toThrow(
      /The answers to "root" differ\. ours: .*"Query".* stock: .*"Other"/s,
    );
    await expect(checkAnswers(candidates.slice(0, 1), operation, {})).resolves.toBeGreaterThan(0);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('reads: measures each request in all processes', async () => {
  const cpuMs = () =>
    Object.fromEntries(serviceNames.map((name) => [name, cpuMsOf(stack.services[name].pid as number)]));
  const runs = await measureReads({ stack, cpuMs }, { rounds: 1, durationMs: 300, clients: 2 }, log);
  const report = readsReport(runs);
  expect(report.rows).toHaveLength(3);
  expectPositive(runs.map(({ perSecond }) => perSecond));
});

test('catalogue: measures each list through both APIs at two sizes', async () => {
  const runs = await measureCatalogue(
    stack,
    { sizes: [150, 300], requests: 2, warmUpRequests: 0, deepPage: 60, statisticsMs: 0 },
    log,
  );
  const report = catalogueReport(runs);
  expect(runs.map(({ products }) => products)).toEqual([150, 300]);
  expect(report.rows).toHaveLength(2 * 10);
  expectPositive(figuresOf(report));
});

test('memory: measures each process idle and under load', async () => {
  const samples = await measureMemory(stack, { idleMs: 0, durationMs: 1_000, samples: 2 }, log);
  const report = memoryReport(samples);
  expect(report.rows.map(([seconds]) => seconds)).toEqual([0, 1, 1]);
  expectPositive(figuresOf(report));
});

test('startup: measures a cold start', async () => {
  const starts = await measureStarts({ seedProducts: 0, kinds: ['cold'] });
  expect(startupReport(starts).rows).toHaveLength(1);
  expectPositive(starts.flatMap(({ readyMs, cpuMs }) => [readyMs, cpuMs]));
});
