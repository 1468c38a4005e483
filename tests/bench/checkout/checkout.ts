import type { BenchReport } from '../report';
import { type CheckoutRun, shopNames } from './checkout-run';
import { type FloorResult, measureFloor, recordFloor } from './floor/measure-floor';
import type { Recording } from './floor/recording';
import { type IdleResult, measureIdle } from './idle';
import { type MeasuredShop, openMeasuredShop, type PerProcess } from './measured-shop';
import { type CheckoutOptions, checkoutOptions } from './options';
import { type PhaseResult, runPhase } from './phase';
import { checkoutReport } from './summary';

const warmUpMs = 10_000;

/** Measures the cost of checkouts: createOrder, payOrder and the background work that they cause. */
export async function checkout(log: (line: string) => void, args: readonly string[]): Promise<BenchReport> {
  const options = checkoutOptions(args);
  const shops: MeasuredShop[] = [];
  try {
    log('starting');
    shops.push(await openMeasuredShop(shopNames.current));
    if (options.baseline) {
      void shops[0]?.suspend();
      shops.push(await openMeasuredShop(shopNames.baseline, { folder: options.baseline }));
      void shops[1]?.suspend();
    }
    return checkoutReport(await run(shops, options, log));
  } finally {
    for (const shop of shops) await shop.close();
  }
}

async function run(
  shops: readonly MeasuredShop[],
  options: CheckoutOptions,
  log: (line: string) => void,
): Promise<CheckoutRun> {
  const memoryBefore = shops.map((shop) => shop.memoryMb());
  // Warm-up: otherwise V8 would compile frequently used code during the first phase.
  for (const shop of shops)
    for (const kind of ['GraphQL', 'REST'] as const)
      await runPhase(shop, { kind, customers: 8, durationMs: warmUpMs });
  const idle: IdleResult[] = [];
  for (const shop of shops) idle.push(await measureIdle(shop));
  const phases: PhaseResult[] = [];
  const floors: FloorResult[] = [];
  const [current] = shops as [MeasuredShop];
  const recordings = new Map<number, Recording>();
  for (const customers of options.customers) recordings.set(customers, await recordFloor(current, customers));
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const customers of options.customers) {
      const found = await runRound(shops, { options, customers, isReversed: round % 2 === 0 });
      phases.push(...found);
      const recording = recordings.get(customers) as Recording;
      const { floorMs: durationMs } = options;
      floors.push(await measureFloor({ shop: current, recording, customers, durationMs }));
      for (const { shop, kind, perSecond, drainMs, failures } of found)
        log(
          `round ${round}, ${customers} customers, ${kind}, ${shop}: ${perSecond.toFixed(1)} orders/s, drained in ${drainMs} ms ${JSON.stringify(failures)}`,
        );
    }
  }
  for (const shop of shops) await shop.resume();
  const memory = shops.map((shop, index) => ({
    shop: shop.name,
    orders: phases
      .filter((phase) => phase.shop === shop.name)
      .reduce((sum, { countedOrders }) => sum + countedOrders, 0),
    before: memoryBefore[index] as PerProcess,
    after: shop.memoryMb(),
  }));
  const versions = Object.fromEntries(shops.map(({ name, version }) => [name, version]));
  return { versions, options, idle, phases, floors, memory };
}

/** Runs each kind once in each shop, sequentially; every second round in reverse order. */
async function runRound(
  shops: readonly MeasuredShop[],
  input: { options: CheckoutOptions; customers: number; isReversed: boolean },
): Promise<PhaseResult[]> {
  const { options, customers, isReversed } = input;
  const inOrder = <Item>(items: readonly Item[]) => (isReversed ? items.toReversed() : items);
  const results: Promise<PhaseResult>[] = [];
  for (const kind of inOrder(options.kinds)) {
    for (const shop of inOrder(shops)) {
      const result = await runPhase(shop, { kind, customers, durationMs: options.durationMs });
      results.push(result());
    }
  }
  return Promise.all(results);
}
