import type { FactSources } from './reconcile';

/**
 * Lets the others begin when `first` has given its first fact, or has ended: it reads for long before it takes its snapshot, and
 * theirs must not be open meanwhile.
 */
export function othersAfter(first: string, sources: FactSources): FactSources {
  const begun = Promise.withResolvers<void>();
  const entries = Object.entries(sources).map(([service, source]) => [
    service,
    service === first ? announcing(source, () => begun.resolve()) : waiting(source, begun.promise),
  ]);
  return Object.fromEntries(entries) as FactSources;
}

async function* announcing(source: AsyncIterable<unknown>, begin: () => void): AsyncGenerator<unknown> {
  try {
    for await (const fact of source) {
      begin();
      yield fact;
    }
  } finally {
    begin();
  }
}

async function* waiting(source: AsyncIterable<unknown>, begun: Promise<void>): AsyncGenerator<unknown> {
  await begun;
  yield* source;
}
