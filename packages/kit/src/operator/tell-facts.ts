import { type FactScope, readFactScope } from './fact-scope';
import { OperatorError } from './operator-error';
import type { OperatorCommand } from './run-operator';
import { readSnapshot, type Snapshot } from './snapshot';

export interface FactsOptions {
  service: string;
  /** Sequences of facts, told one after the other. */
  read: (snapshot: Snapshot) => readonly AsyncIterable<object>[];
  /** When reading began, if before the snapshot; in milliseconds since 1970. */
  asOfMs?: number;
}

/**
 * What a service knows at one moment, for whoever compares it with what others know: first `snapshot` with the moment, then the
 * facts, then `end` with their number, without which something was cut off.
 */
export function tellFacts(
  databaseUrl: string,
  { service, read, asOfMs }: FactsOptions,
): AsyncGenerator<object> {
  return readSnapshot(databaseUrl, async function* tell(snapshot) {
    yield { kind: 'snapshot', service, atMs: Math.min(asOfMs ?? Infinity, snapshot.atMs) };
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

/** The command `facts`: exports everything, or with `--orders` only the orders on standard input. */
export function factsCommand(
  facts: (databaseUrl: string, scope: FactScope, words: readonly string[]) => AsyncIterable<object>,
): OperatorCommand {
  return async ({ databaseUrl, words, print }) => {
    for await (const fact of facts(databaseUrl, await readFactScope(words), words)) await print(fact);
  };
}

/** The command `changes <Unix time in ms>`: orders that have changed since, or are undecided. */
export function changesCommand(
  changes: (databaseUrl: string, since: Date, words: readonly string[]) => AsyncIterable<object>,
): OperatorCommand {
  return async ({ databaseUrl, words, print }) => {
    const since = new Date(Number(words[0] ?? Number.NaN));
    if (Number.isNaN(since.getTime()))
      throw new OperatorError(`changes: expected milliseconds since 1970, got ${words[0] ?? 'nothing'}`);
    for await (const change of changes(databaseUrl, since, words)) await print(change);
  };
}
