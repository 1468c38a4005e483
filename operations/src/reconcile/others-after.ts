import type { StateSources } from './reconcile';

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
