import { type StateReader, orderCases, readRecords } from '../state';
import type { SingleRecord } from '../state/state-record';
import {
  checkEvent,
  checkMoney,
  checkOrder,
  checkProduct,
  checkProvider,
  checkWebhook,
  type InvariantChecks,
} from '../invariants';
import { ServiceError } from '../service-error';
import { type ReconcileReport, createTally, type Tally } from './tally';

/** The exported records by service. */
export type StateSources = Readonly<Record<string, AsyncIterable<unknown>>>;

/**
 * Checks the invariants of all services on snapshots of their databases. The snapshots have
 * different times, so records that changed after the earliest one count as in progress, as do
 * violations younger than the time of the invariant. Memory does not grow with the number of
 * orders.
 *
 * @param since the sources contain only orders that changed since then or are undecided; null: all
 * @throws ServiceError naming the service whose records could not be read
 */
export async function reconcile(sources: StateSources, since: Date | null = null): Promise<ReconcileReport> {
  const readers = Object.entries(sources).map(([service, records]) => readRecords(service, records));
  try {
    const asOfMs = await earliestSnapshot(readers);
    const tally = createTally(asOfMs);
    const providersRead = await checkSingles(readers, tally);
    const sequences = readers.map((reader) => reader.byOrder());
    for await (const one of orderCases(sequences)) {
      tally.take(checkOrder(one, asOfMs));
      tally.take(checkMoney(one, providersRead));
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

/** Waits for all services, so that the error names every unavailable one. */
async function earliestSnapshot(readers: readonly StateReader[]): Promise<number> {
  const results = await Promise.allSettled(readers.map((reader) => reader.snapshot()));
  const moments = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.atMs] : []));
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as ServiceError] : [],
  );
  const [cause] = failures;
  if (cause) throw new ServiceError(failures.map(({ message }) => message).join('\n'), { cause });
  return Math.min(...moments);
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

function* checkSingle(record: SingleRecord): InvariantChecks {
  switch (record.kind) {
    case 'product':
      yield* checkProduct(record);
      return;
    case 'event':
      yield* checkEvent(record);
      return;
    case 'webhook':
      yield* checkWebhook(record);
      return;
    case 'provider':
      yield* checkProvider(record);
      return;
    case 'books':
      return;
    default:
      record satisfies never;
  }
}
