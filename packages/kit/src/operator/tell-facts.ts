import type { OperatorCommand } from './run-operator';
import { readSnapshot, type Snapshot } from './snapshot';

export interface FactsOptions {
  service: string;
  /** Sequences of facts, told one after the other. */
  read: (snapshot: Snapshot) => readonly AsyncIterable<object>[];
}

/**
 * What a service knows at one moment, for whoever compares it with what others know: first `snapshot` with the moment, then the
 * facts, then `end` with their number, without which something was cut off.
 */
export function tellFacts(databaseUrl: string, { service, read }: FactsOptions): AsyncGenerator<object> {
  return readSnapshot(databaseUrl, async function* tell(snapshot) {
    yield { kind: 'snapshot', service, atMs: snapshot.atMs };
    let facts = 0;
    for (const sequence of read(snapshot)) {
      for await (const fact of sequence) {
        facts += 1;
        yield fact;
      }
    }
    yield { kind: 'end', facts };
  });
}

/** The command `facts`. */
export function factsCommand(facts: (databaseUrl: string) => AsyncIterable<object>): OperatorCommand {
  return async ({ databaseUrl, print }) => {
    for await (const fact of facts(databaseUrl)) await print(fact);
  };
}
