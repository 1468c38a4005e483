import { randomUUID } from 'node:crypto';
import { newId } from '@shop/kit/ids';
import type { SubgraphName } from '@shop/local-stack/stack';
import type { Pool } from 'pg';
import { type Commit, type Recording, uuidPattern } from './recording';

export interface Replay {
  /** The statements of one checkout, one after the other. */
  runCheckout(): Promise<void>;
  /** Resolves when the batches of all these checkouts have run. */
  untilDone(): Promise<void>;
}

/** One replay of the recorded checkouts, with new UUIDs. */
interface Round {
  ids: ReadonlyMap<string, string>;
  next: number;
  running: number;
}

/**
 * Replays the statements of recorded checkouts repeatedly. When all checkouts of a recording
 * have run, its batches run concurrently with the next ones, as in the services.
 */
export function startReplay(
  { checkouts, batches, ids }: Recording,
  pools: Readonly<Record<SubgraphName, Pool>>,
): Replay {
  const newRound = (): Round => ({
    ids: new Map([...ids].map((id) => [id, newIdLike(id)])),
    ...{ next: 0, running: 0 },
  });
  const batchRuns: Promise<void>[] = [];
  function runBatches(ofRound: Round): void {
    const batchRun = run(batches, ofRound);
    // untilDone throws its error.
    batchRun.catch(() => undefined);
    batchRuns.push(batchRun);
  }
  let round = newRound();

  async function run(commits: readonly Commit[], { ids: newIds }: Round): Promise<void> {
    for (const commit of commits) await send(pools[commit[0].database], commit, newIds);
  }

  return {
    async runCheckout() {
      const own = round;
      const checkout = checkouts[own.next] as Commit[];
      own.next += 1;
      own.running += 1;
      if (own.next === checkouts.length) round = newRound();
      await run(checkout, own);
      own.running -= 1;
      if (own !== round && own.running === 0) runBatches(own);
    },
    async untilDone() {
      if (round.next > 0) runBatches(round);
      round = newRound();
      await Promise.all(batchRuns);
    },
  };
}

/** A UUID of the same version, because version 7 UUIDs are adjacent in an index. */
const newIdLike = (id: string): string => (id[14] === '7' ? newId() : randomUUID());

async function send(pool: Pool, commit: Commit, newIds: ReadonlyMap<string, string>): Promise<void> {
  const client = await pool.connect();
  try {
    for (const { name, text, values } of commit) {
      const replaced = values.map(
        (value) => value?.replace(uuidPattern, (id) => newIds.get(id) ?? id) ?? null,
      );
      await client.query({ ...(name && { name }), text, values: replaced });
    }
  } finally {
    client.release();
  }
}
