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
/** Catalogue pages asked for at even intervals, whether or not the last ones have come. */
const readsPerSecond = 40;
/** As long as a storm lasts here, so that a moment weighs as much. */
const quietMs = 18_000;
const crowdedMs = 18_000;
/**
 * After this long V8 clears away what the start has left, once, in every process: 100 to 200 ms
 * that have nothing to do with storms.
 */
const warmUpMs = 120_000;

interface Round {
  /** Milliseconds of each page. */
  quiet: number[];
  crowded: number[];
  stormy: number[];
  eventLoopP99Ms: number;
  stormMs: number;
  retryLater: number;
}

/**
 * What the rest of the shop notices when many sign in at one moment: each costs a bcrypt hash of
 * production's cost. Beside it, what it
 * notices of as many requests at one moment that hash nothing: the share of it that is not the
 * hashes'.
 */
export async function loginStorm(log: (line: string) => void): Promise<BenchReport> {
  const shop = await openBenchShop({ seedProducts: 1_000 });
  const crowd = new Worker(join(__dirname, 'storm.worker.js'));
  try {
    const customers = await registerCustomers(shop.stack.gatewayUrl, logins);
    // A program that has only just been loaded would cost the shop a processor at the worst moment.
    await refreshAtOnce(shop, crowd);
    await Promise.all([readFor(shop, warmUpMs), signInAtOnce(shop, crowd, customers)]);
    const done: Round[] = [];
    while (done.length < rounds) {
      const round = await measureRound(shop, crowd, customers);
      done.push(round);
      log(`round ${done.length} of ${rounds}`);
    }
    return reportOf(done);
  } finally {
    await crowd.terminate();
    await shop.close();
  }
}

async function measureRound(
  shop: BenchShop,
  crowd: Worker,
  customers: readonly Credentials[],
): Promise<Round> {
  const quiet = await readFor(shop, quietMs);
  const [crowded] = await Promise.all([readFor(shop, crowdedMs), refreshAtOnce(shop, crowd)]);
  // The histogram begins anew with each time that it is read.
  const eventLoopP99 = () => metric(shop.metricsUrls.user, 'nodejs_eventloop_lag_p99_seconds');
  await eventLoopP99();
  const startedAt = performance.now();
  let isOver = false;
  const storm = signInAtOnce(shop, crowd, customers).finally(() => {
    isOver = true;
  });
  // Both are heard of, whichever fails first.
  const [stormy, retryLater] = await Promise.all([readWhile(shop, () => !isOver), storm]);
  const eventLoopP99Ms = (await eventLoopP99()) * 1_000 - eventLoopSamplingMs;
  return {
    ...{ quiet, crowded, stormy },
    eventLoopP99Ms: rounded(eventLoopP99Ms),
    stormMs: Math.round(performance.now() - startedAt),
    retryLater,
  };
}

function reportOf(done: readonly Round[]): BenchReport {
  const worstEventLoop = Math.max(...done.map(({ eventLoopP99Ms }) => eventLoopP99Ms));
  const quiet = done.flatMap((round) => round.quiet);
  const crowded = done.flatMap((round) => round.crowded);
  const stormy = done.flatMap((round) => round.stormy);
  const ofCrowd = percentile(crowded, 0.99) / percentile(quiet, 0.99);
  const ratio = percentile(stormy, 0.99) / percentile(quiet, 0.99);
  return {
    title: `${logins} logins at once, beside ${readsPerSecond} catalogue pages a second`,
    columns: [
      ...['round', 'pages quiet p50 ms', 'p99', 'beside a crowd p50', 'p99', 'in the storm p50', 'p99'],
      ...['event loop p99 ms', 'storm ms', 'rejected'],
    ],
    rows: [
      ...done.map((round, index) => [
        ...[index + 1, ...figuresOf(round.quiet), ...figuresOf(round.crowded), ...figuresOf(round.stormy)],
        ...[round.eventLoopP99Ms, round.stormMs, round.retryLater],
      ]),
      ['all', ...figuresOf(quiet), ...figuresOf(crowded), ...figuresOf(stormy), '', '', ''],
    ],
    promises: [
      {
        text: `the user process's event loop is late by less than 40 ms at p99: ${worstEventLoop} ms in the worst round`,
        isKept: worstEventLoop < 40,
      },
      {
        text: `the catalogue's p99 is within 20 % of what it was: ${rounded(ratio)} times, over the ${quiet.length} quiet and ${stormy.length} stormy pages of ${rounds} rounds; ${rounded(ofCrowd)} times beside as many requests that hash nothing`,
        isKept: ratio <= 1.2,
      },
    ],
  };
}

const figuresOf = (pages: readonly number[]) => [median(pages), percentile(pages, 0.99)].map(rounded);

/** Answers how often somebody was told to come again. */
function signInAtOnce({ stack }: BenchShop, crowd: Worker, bodies: readonly Credentials[]): Promise<number> {
  return stormOf(crowd, { url: stack.gatewayUrl, path: '/v1/auth/login', bodies, status: 200 });
}

/** Refused by one look into the database. */
function refreshAtOnce({ stack }: BenchShop, crowd: Worker): Promise<number> {
  const bodies = Array.from({ length: logins }, () => ({
    refresh_token: randomBytes(32).toString('base64url'),
  }));
  return stormOf(crowd, { url: stack.gatewayUrl, path: '/v1/auth/refresh', bodies, status: 401 });
}

async function stormOf(crowd: Worker, storm: Storm): Promise<number> {
  crowd.postMessage(storm);
  const [retryLater] = (await once(crowd, 'message')) as [number];
  return retryLater;
}

function readFor(shop: BenchShop, durationMs: number): Promise<number[]> {
  const endsAt = performance.now() + durationMs;
  return readWhile(shop, () => performance.now() < endsAt);
}

/**
 * Milliseconds of each page. One that has to wait does not keep the next from being asked for, as
 * people come when they come.
 */
async function readWhile({ stack }: BenchShop, goesOn: () => boolean): Promise<number[]> {
  const pages: Promise<number | Error>[] = [];
  const startedAt = performance.now();
  while (goesOn()) {
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
