import { parseArgs } from 'node:util';
import type { Stack } from '@shop/local-stack/stack';
import { openMeasuredShop } from './checkout/measured-shop';
import { type LoadGenerator, startLoadGenerator } from './gateway/load-generator';
import { openFixture } from './gateway/operations';
import type { BenchReport } from './report';
import { median, percentile, rounded } from './statistics';

/** Medians at most, and requests per second at least. */
const limits = { listCpuMs: 1.3, listPerSecond: 1_000, restRatio: 1.15, hopsCpuMs: 8 };
const [list, restList, hops] = ['20 products, GraphQL', '20 products, REST', 'three hops'] as const;

type CpuMs = Readonly<Record<string, number>>;

interface Read {
  name: string;
  path: string;
  /** Left out for GET. */
  body?: string;
  headers: () => Record<string, string>;
}

export interface ReadRun {
  round: number;
  read: string;
  /** For a request, by process. */
  cpuMs: CpuMs;
  perSecond: number;
  p99Ms: number;
}

export interface ReadOptions {
  rounds: number;
  durationMs: number;
  clients: number;
}

/** CPU time of all processes for a list of products and for orders with products and payments. */
export async function reads(log: (line: string) => void, args: readonly string[]): Promise<BenchReport> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '5' },
      duration: { type: 'string', default: '3000' },
    },
  });
  log('starting the shop');
  const shop = await openMeasuredShop('reads');
  try {
    const options = { rounds: Number(values.rounds), durationMs: Number(values.duration), clients: 8 };
    return readsReport(await measureReads(shop, options, log));
  } finally {
    await shop.close();
  }
}

/** The first round warms up and is left out. */
export async function measureReads(
  shop: { stack: Stack; cpuMs: () => CpuMs },
  options: ReadOptions,
  log: (line: string) => void,
): Promise<ReadRun[]> {
  const measured = await readsOf(shop.stack);
  const generator = startLoadGenerator();
  const runs: ReadRun[] = [];
  try {
    for (let round = 0; round <= options.rounds; round += 1) {
      for (const read of measured)
        runs.push({ round, ...(await measureOne({ generator, shop, read, ...options })) });
      log(`round ${round} of ${options.rounds}`);
    }
  } finally {
    generator.close();
  }
  return runs.filter(({ round }) => round > 0);
}

async function readsOf(stack: Stack): Promise<Read[]> {
  const { operations, newToken } = await openFixture(stack);
  const query = `{ products(first: 20) {
    nodes { id sku name description price { amountCents currency } stock createdAt updatedAt }
    pageInfo { hasNextPage endCursor } } }`;
  const graphql = (body: object) => ({ path: '/graphql', body: JSON.stringify(body) });
  const ordersOfCustomer = operations.find(({ name }) => name === hops)!.query;
  return [
    { name: list, ...graphql({ query }), headers: () => ({}) },
    { name: restList, path: '/v1/products?limit=20', headers: () => ({}) },
    {
      name: hops,
      ...graphql({ query: ordersOfCustomer }),
      headers: () => ({ authorization: `Bearer ${newToken()}` }),
    },
  ];
}

async function measureOne(input: {
  generator: LoadGenerator;
  shop: { stack: Stack; cpuMs: () => CpuMs };
  read: Read;
  clients: number;
  durationMs: number;
}): Promise<Omit<ReadRun, 'round'>> {
  const { generator, shop, read, clients, durationMs } = input;
  const before = shop.cpuMs();
  const { latenciesMs, perSecond } = await generator.run({
    ...{ url: new URL(read.path, shop.stack.gatewayUrl).href, headers: read.headers() },
    ...{ body: read.body, clients, durationMs },
  });
  const after = shop.cpuMs();
  const cpuMs = Object.fromEntries(
    Object.entries(after).map(([name, ms]) => [name, (ms - (before[name] ?? 0)) / latenciesMs.length]),
  );
  return { read: read.name, cpuMs, perSecond, p99Ms: percentile(latenciesMs, 0.99) };
}

export function readsReport(runs: readonly ReadRun[]): BenchReport {
  const processes = Object.keys(runs[0]?.cpuMs ?? {});
  const of = (read: string, figure: (run: ReadRun) => number) =>
    median(runs.filter((run) => run.read === read).map(figure));
  const all = ({ cpuMs }: ReadRun) => Object.values(cpuMs).reduce((sum, ms) => sum + ms, 0);
  const [listMs, restMs, hopsMs] = [list, restList, hops].map((read) => of(read, all)) as [
    number,
    number,
    number,
  ];
  const perSecond = of(list, (run) => run.perSecond);
  const limit = (text: string, isMet: boolean) => ({ text, isMet });
  return {
    title: `CPU time of a request in ms (utime + stime) by process, medians of ${new Set(runs.map(({ round }) => round)).size} rounds`,
    columns: ['request', ...processes, 'all processes', 'requests/s', 'p99 ms'],
    rows: [list, restList, hops].map((read) => [
      read,
      ...processes.map((name) => rounded(of(read, ({ cpuMs }) => cpuMs[name] ?? 0))),
      rounded(of(read, all)),
      Math.round(of(read, (run) => run.perSecond)),
      rounded(of(read, (run) => run.p99Ms)),
    ]),
    limits: [
      limit(`${list}: at most ${limits.listCpuMs} ms: ${rounded(listMs)} ms`, listMs <= limits.listCpuMs),
      limit(
        `${list}: at least ${limits.listPerSecond} requests/s: ${Math.round(perSecond)}`,
        perSecond >= limits.listPerSecond,
      ),
      limit(
        `REST at most ${limits.restRatio} of GraphQL: ${rounded(restMs / listMs)}`,
        restMs / listMs <= limits.restRatio,
      ),
      limit(`${hops}: at most ${limits.hopsCpuMs} ms: ${rounded(hopsMs)} ms`, hopsMs <= limits.hopsCpuMs),
    ],
    notes: [
      'Three hops: a customer with 10 orders, their 30 products and their payments.',
      'The response cache is off. The load is 8 connections in a closed loop, sent by a process of its own on the same processors.',
    ],
    details: { runs },
  };
}
