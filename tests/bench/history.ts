import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { type BenchShop, openBenchShop } from './bench-shop';
import { median, rounded } from './statistics';
import { loadHistory } from './history-rows';
import type { BenchReport } from './report';

const size = { orders: 1_000_000, recent: 2_000 };
const longestScrapeMs = 50;
const longestReconcileMs = 5_000;
const runs = 3;

/** Cost of the checks after a million orders: the gauges of each service, and reconcile. */
export async function history(log: (line: string) => void): Promise<BenchReport> {
  const shop = await openBenchShop({ seedProducts: 1_000 });
  try {
    log(`loading ${size.orders} orders`);
    await loadHistory(shop.stack.databaseUrls, size);
    log('reading the gauges');
    const scrapes: [string, number][] = [];
    for (const service of ['product', 'order', 'payment'] as const)
      scrapes.push([service, await timed(() => scrape(shop.metricsUrls[service]))]);
    log('reconcile --all');
    const all = await timed(() => reconcile(shop, ['--all']));
    const incremental: number[] = [];
    for (let run = 1; run <= runs; run += 1) {
      log(`reconcile, ${run} of ${runs}`);
      incremental.push(await timed(() => reconcile(shop, [])));
    }
    return reportOf({ scrapes, all, incremental: median(incremental) });
  } finally {
    await shop.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** @throws Error if a gauge could not be read */
async function scrape(url: string): Promise<void> {
  const text = await (await fetch(url)).text();
  if (/^metrics_read_failures_total\{[^}]*\} [1-9]/m.test(text))
    throw new Error(`${url} could not read a gauge`);
}

/** @throws Error if it finds a breach */
function reconcile({ stack }: BenchShop, args: readonly string[]): Promise<void> {
  const urls = Object.entries(stack.databaseUrls).map(([name, url]) => [
    `${name.toUpperCase()}_DATABASE_URL`,
    url,
  ]);
  const program = join(process.cwd(), 'operations/dist/main.js');
  const env = { ...process.env, ...Object.fromEntries(urls) } as NodeJS.ProcessEnv;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, 'reconcile', ...args], { env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`reconcile ${args.join(' ')}: ${stdout}${stderr}`));
      else resolve();
    });
  });
}

function reportOf(measured: {
  scrapes: readonly [string, number][];
  all: number;
  incremental: number;
}): BenchReport {
  const { scrapes, all, incremental } = measured;
  const slowest = Math.max(...scrapes.map(([, ms]) => ms));
  return {
    title: `The checks after ${size.orders} orders, ${size.recent} of them changed since the watermark`,
    columns: ['check', 'ms'],
    rows: [
      ...scrapes.map(([service, ms]) => [`all gauges of ${service}, one scrape`, rounded(ms)] as const),
      ['reconcile', rounded(incremental)],
      ['reconcile --all', rounded(all)],
    ],
    limits: [
      {
        text: `the gauges of each service are read within ${longestScrapeMs} ms: ${rounded(slowest)} ms`,
        isMet: slowest <= longestScrapeMs,
      },
      {
        text: `reconcile takes at most ${longestReconcileMs} ms: ${rounded(incremental)} ms`,
        isMet: incremental <= longestReconcileMs,
      },
    ],
  };
}
