import { checkMoney } from '../invariants/money';
import { checkOrder } from '../invariants/orders';
import { checkSingle } from '../invariants/single-records';
import { settleAll } from '../operator-program';
import { orderCases, readRecords, type StateReader } from '../state/state-reader';
import type { OrderCase } from '../state/state-record';
import { createTally, type ReconcileReport, type Tally } from './tally';

export type { ReconcileReport } from './tally';

/** The exported records by service. */
export type StateSources = Readonly<Record<string, AsyncIterable<unknown>>>;

/**
 * Checks the invariants of all services on snapshots of their databases. The snapshots have
 * different times, so records that changed after the earliest one count as in progress, as do
 * violations younger than the time of the invariant. Memory does not grow with the number of
 * orders.
 *
 * @param since the sources contain only orders that changed since then or are undecided; null: all
 * @param onBreach gets each order with a breach
 * @throws ServiceError naming the service whose records could not be read
 */
export async function reconcile(
  sources: StateSources,
  since: Date | null = null,
  onBreach: (one: OrderCase) => void = () => undefined,
): Promise<ReconcileReport> {
  const readers = Object.entries(sources).map(([service, records]) => readRecords(service, records));
  try {
    const snapshots = await settleAll(readers.map((reader) => reader.snapshot()));
    const asOfMs = Math.min(...snapshots.map(({ atMs }) => atMs));
    const tally = createTally(asOfMs);
    const providersRead = await checkSingles(readers, tally);
    const sequences = readers.map((reader) => reader.byOrder());
    for await (const one of orderCases(sequences)) {
      const isOrderBroken = tally.take(checkOrder(one, asOfMs));
      const isMoneyBroken = tally.take(checkMoney(one, providersRead));
      if (isOrderBroken || isMoneyBroken) onBreach(one);
      tally.leaveUnchecked(
        one.payments.map(({ provider }) => provider).filter((name) => !providersRead.has(name)),
      );
    }
    return {
      ...tally.close(),
      since: since?.toISOString() ?? null,
      booksRead: [...providersRead].sort(),
    };
  } finally {
    await Promise.allSettled(readers.map((reader) => reader.close()));
  }
}

/** @returns the providers whose records were exported */
async function checkSingles(readers: readonly StateReader[], tally: Tally): Promise<ReadonlySet<string>> {
  const providersRead = new Set<string>();
  for (const reader of readers) {
    for await (const record of reader.singles()) {
      if (record.kind === 'books') providersRead.add(record.provider);
      if (record.kind === 'event' && record.state === 'dead') tally.warn(reader.service);
      tally.take(checkSingle(record));
    }
  }
  return providersRead;
}

/**
 * Starts the other sources when `first` has yielded its first item or ended. `first` reads for a
 * long time before its snapshot, and the other snapshots must not be open during that time.
 */
export function othersAfter(first: string, sources: StateSources): StateSources {
  const started = Promise.withResolvers<void>();
  const entries = Object.entries(sources).map(([service, source]) => [
    service,
    service === first ? announcing(source, () => started.resolve()) : waiting(source, started.promise),
  ]);
  return Object.fromEntries(entries) as StateSources;
}

async function* announcing(source: AsyncIterable<unknown>, start: () => void): AsyncGenerator<unknown> {
  try {
    for await (const record of source) {
      start();
      yield record;
    }
  } finally {
    start();
  }
}

async function* waiting(source: AsyncIterable<unknown>, started: Promise<void>): AsyncGenerator<unknown> {
  await started;
  yield* source;
}
