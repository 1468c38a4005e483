import type { StateSources } from './reconcile';

/**
 * Starts the other sources when `first` has yielded its first item or ended. `first` reads for a
 * long time before its snapshot, and the other snapshots must not be open during that time.
 */
export function othersAfter(first: string, sources: StateSources): StateSources {
  const begun = Promise.withResolvers<void>();
  const entries = Object.entries(sources).map(([service, source]) => [
    service,
    service === first ? announcing(source, () => begun.resolve()) : waiting(source, begun.promise),
  ]);
  return Object.fromEntries(entries) as StateSources;
}

async function* announcing(source: AsyncIterable<unknown>, begin: () => void): AsyncGenerator<unknown> {
  try {
    for await (const record of source) {
      begin();
      yield record;
    }
  } finally {
    begin();
  }
}

async function* waiting(source: AsyncIterable<unknown>, begun: Promise<void>): AsyncGenerator<unknown> {
  await begun;
  yield* source;
}
