import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { eventLoopSamplingMs } from '@shop/kit/metrics';
import { rest } from '@shop/testkit/http';
import { type BenchShop, openBenchShop } from './bench-shop';
import { median, metric, percentile, rounded } from './statistics';
import { type Credentials, registerCustomers, type Storm } from './customers';
import type { BenchReport } from './report';

const logins = 50;
const rounds = 5;
/** Requests for catalogue pages, at a constant rate, also while earlier responses are pending. */
const readsPerSecond = 40;
/** About the duration of a login storm, so that all three measurements cover the same time. */
const quietMs = 18_000;
const refreshesMs = 18_000;
/**
 * Within this time after the start, V8 runs one major garbage collection in every process. It takes
 * 100 to 200 ms and would distort the measurement.
 */
const warmUpMs = 120_000;

interface Round {
  /** Milliseconds of each page. */
  quiet: number[];
  withRefreshes: number[];
  withLogins: number[];
  eventLoopP99Ms: number;
  loginsMs: number;
  retries: number;
}

/**
 * Measures how many concurrent logins, each with a bcrypt hash of production's cost, delay other
 * requests. The same number of concurrent requests without a hash shows which part of the delay the
 * hashes do not cause.
 */
export async function loginStorm(log: (line: string) => void): Promise<BenchReport> {
  const shop = await openBenchShop({ seedProducts: 1_000 });
  const worker = new Worker(join(__dirname, 'storm.worker.js'));
  try {
    const customers = await registerCustomers(shop.stack.gatewayUrl, logins);
    // Warms up the worker too, because its compilation would take CPU time from the shop.
    await sendRefreshes(shop, worker);
    await Promise.all([readFor(shop, warmUpMs), sendLogins(shop, worker, customers)]);
    const done: Round[] = [];
    while (done.length < rounds) {
      const round = await measureRound(shop, worker, customers);
      done.push(round);
      log(`round ${done.length} of ${rounds}`);
    }
    return reportOf(done);
  } finally {
    await worker.terminate();
    await shop.close();
  }
}

async function measureRound(
  shop: BenchShop,
  worker: Worker,
  customers: readonly Credentials[],
): Promise<Round> {
  const quiet = await readFor(shop, quietMs);
  const [withRefreshes] = await Promise.all([readFor(shop, refreshesMs), sendRefreshes(shop, worker)]);
  // Each read resets the histogram.
  const eventLoopP99 = () => metric(shop.metricsUrls.user, 'nodejs_eventloop_lag_p99_seconds');
  await eventLoopP99();
  const startedAt = performance.now();
  let isDone = false;
  const storm = sendLogins(shop, worker, customers).finally(() => {
    isDone = true;
  });
  const [withLogins, retries] = await Promise.all([readWhile(shop, () => !isDone), storm]);
  const eventLoopP99Ms = (await eventLoopP99()) * 1_000 - eventLoopSamplingMs;
  return {
    ...{ quiet, withRefreshes, withLogins },
    eventLoopP99Ms: rounded(eventLoopP99Ms),
    loginsMs: Math.round(performance.now() - startedAt),
    retries,
  };
}

function reportOf(done: readonly Round[]): BenchReport {
  const worstEventLoop = Math.max(...done.map(({ eventLoopP99Ms }) => eventLoopP99Ms));
  const quiet = done.flatMap((round) => round.quiet);
  const withRefreshes = done.flatMap((round) => round.withRefreshes);
  const withLogins = done.flatMap((round) => round.withLogins);
  const refreshRatio = percentile(withRefreshes, 0.99) / percentile(quiet, 0.99);
  const ratio = percentile(withLogins, 0.99) / percentile(quiet, 0.99);
  return {
    title: `${logins} concurrent logins and ${readsPerSecond} catalogue pages per second`,
    columns: [
      ...['round', 'pages alone p50 ms', 'p99', 'with refreshes p50', 'p99', 'with logins p50', 'p99'],
      ...['event loop p99 ms', 'logins ms', 'retries'],
    ],
    rows: [
      ...done.map((round, index) => [
        ...[
          index + 1,
          ...percentilesOf(round.quiet),
          ...percentilesOf(round.withRefreshes),
          ...percentilesOf(round.withLogins),
        ],
        ...[round.eventLoopP99Ms, round.loginsMs, round.retries],
      ]),
      [
        'all',
        ...percentilesOf(quiet),
        ...percentilesOf(withRefreshes),
        ...percentilesOf(withLogins),
        '',
        '',
        '',
      ],
    ],
    limits: [
      {
        text: `the event loop delay of the user process is below 40 ms at p99: ${worstEventLoop} ms in the worst round`,
        isMet: worstEventLoop < 40,
      },
      {
        text: `the p99 of the catalogue rises by at most 20 % during the logins: ${rounded(ratio)} times, over ${quiet.length} pages without and ${withLogins.length} pages with logins in ${rounds} rounds; ${rounded(refreshRatio)} times with as many requests without a hash`,
        isMet: ratio <= 1.2,
      },
    ],
  };
}

const percentilesOf = (pages: readonly number[]) => [median(pages), percentile(pages, 0.99)].map(rounded);

/** @returns the number of retries after a 503 */
function sendLogins({ stack }: BenchShop, worker: Worker, bodies: readonly Credentials[]): Promise<number> {
  return sendStorm(worker, { url: stack.gatewayUrl, path: '/v1/auth/login', bodies, status: 200 });
}

/** Requests with unknown refresh tokens: rejected after one query, without a hash. */
function sendRefreshes({ stack }: BenchShop, worker: Worker): Promise<number> {
  const bodies = Array.from({ length: logins }, () => ({
    refresh_token: randomBytes(32).toString('base64url'),
  }));
  return sendStorm(worker, { url: stack.gatewayUrl, path: '/v1/auth/refresh', bodies, status: 401 });
}

async function sendStorm(worker: Worker, storm: Storm): Promise<number> {
  worker.postMessage(storm);
  const [retries] = (await once(worker, 'message')) as [number];
  return retries;
}

function readFor(shop: BenchShop, durationMs: number): Promise<number[]> {
  const endsAt = performance.now() + durationMs;
  return readWhile(shop, () => performance.now() < endsAt);
}

/**
 * Requests catalogue pages at a constant rate (open loop): a slow response does not delay the next
 * request.
 *
 * @returns the milliseconds of each page
 */
async function readWhile({ stack }: BenchShop, shouldContinue: () => boolean): Promise<number[]> {
  const pages: Promise<number | Error>[] = [];
  const startedAt = performance.now();
  while (shouldContinue()) {
    pages.push(timedPage(stack.gatewayUrl).catch((error: Error) => error));
    await pause(Math.max(0, startedAt + (pages.length * 1_000) / readsPerSecond - performance.now()));
  }
  const outcomes = await Promise.all(pages);
  const failed = outcomes.find((outcome) => outcome instanceof Error);
  if (failed) throw failed;
  return outcomes as number[];
}

async function timedPage(url: string): Promise<number> {
  const startedAt = performance.now();
  const { status } = await rest(url)('GET', '/v1/products?limit=20');
  if (status !== 200) throw new Error(`GET /v1/products: ${status}`);
  return performance.now() - startedAt;
}
