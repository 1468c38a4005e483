import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCommit } from '../previous-release/checkout';
import { shopNames } from './checkout/checkout-run';
import { cpuMsPerOrder, statementsPerOrder } from './checkout/groups';
import { type MeasuredShop, openMeasuredShop } from './checkout/measured-shop';
import { type PhaseResult, runPhase } from './checkout/phase';
import type { BenchReport } from './report';
import { median, rounded } from './statistics';

const rounds = 3;
const phase = { kind: 'GraphQL', customers: 8 } as const;
const [durationMs, warmUpMs] = [6_000, 8_000];
/** Wide, because hosted runners are shared: only large differences are reported. */
const limits = { cpu: 1.3, statements: 0.5, speed: 0.7 };

/** Compares checkouts of this code with those of another commit, in turn on the same machine. */
export async function compare(
  log: (line: string) => void,
  [commit = 'origin/main']: readonly string[],
): Promise<BenchReport> {
  const directory = mkdtempSync(join(tmpdir(), 'shop-bench-compare-'));
  const shops: MeasuredShop[] = [];
  try {
    log(`building ${commit}`);
    buildCommit(commit, directory, log);
    shops.push(await openMeasuredShop(shopNames.baseline, { folder: directory }));
    await shops[0]?.suspend();
    shops.push(await openMeasuredShop(shopNames.current));
    for (const shop of shops) await runPhase(shop, { ...phase, durationMs: warmUpMs });
    const phases: PhaseResult[] = [];
    for (let round = 1; round <= rounds; round += 1)
      for (const shop of round % 2 === 0 ? shops.toReversed() : shops) {
        const result = await (await runPhase(shop, { ...phase, durationMs }))();
        log(`round ${round}, ${shop.name}: ${rounded(cpuMsPerOrder(result))} ms of CPU per order`);
        phases.push(result);
      }
    return reportOf(commit, phases);
  } finally {
    for (const shop of shops) {
      await shop.resume();
      await shop.close();
    }
    rmSync(directory, { recursive: true, force: true });
  }
}

function reportOf(commit: string, phases: readonly PhaseResult[]): BenchReport {
  const failed = phases.filter(({ failures }) => Object.keys(failures).length > 0);
  const medianOf = (shop: string, metric: (result: PhaseResult) => number) =>
    median(phases.filter((result) => result.shop === shop).map(metric));
  const metrics = { cpu: cpuMsPerOrder, statements: statementsPerOrder, speed: speedOf };
  const [of, before] = [shopNames.current, shopNames.baseline].map((shop) => ({
    cpu: medianOf(shop, metrics.cpu),
    statements: medianOf(shop, metrics.statements),
    speed: medianOf(shop, metrics.speed),
  })) as [Record<keyof typeof metrics, number>, Record<keyof typeof metrics, number>];
  const ratio = (name: keyof typeof metrics) => of[name] / before[name];
  return {
    title: `Checkouts of this code and of ${commit}; medians of ${rounds} alternating rounds with 8 customers`,
    columns: ['shop', 'ms of CPU per order', 'statements per order', 'orders per s'],
    rows: [
      [shopNames.current, ...[of.cpu, of.statements, of.speed].map(rounded)],
      [commit, ...[before.cpu, before.statements, before.speed].map(rounded)],
    ],
    limits: [
      {
        text: `at most ${limits.cpu} times the CPU per order: ${rounded(ratio('cpu'))}`,
        isMet: ratio('cpu') <= limits.cpu,
      },
      {
        text: `at most ${limits.statements} statements more per order: ${rounded(of.statements - before.statements)}`,
        isMet: of.statements - before.statements <= limits.statements,
      },
      {
        text: `at least ${limits.speed} times the orders per second: ${rounded(ratio('speed'))}`,
        isMet: ratio('speed') >= limits.speed,
      },
      {
        text: `no failed checkout: ${JSON.stringify(failed.map(({ failures }) => failures))}`,
        isMet: failed.length === 0,
      },
    ],
    details: phases,
  };
}

const speedOf = ({ perSecond }: PhaseResult): number => perSecond;
