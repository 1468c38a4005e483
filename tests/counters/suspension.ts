import { setTimeout as pause } from 'node:timers/promises';
import { serviceNames, type Stack } from '@shop/local-stack/stack';
import type { CountedPostgres } from './counted-postgres';
import type { Counters } from './counters';

/** Stops the services, so that the counters can be read while nothing changes them. */
export interface Suspension {
  /**
   * Sends SIGSTOP immediately. Resolves with the counters when PostgreSQL's backends have flushed
   * their statistics.
   */
  suspend(): Promise<Counters>;
  /** Continues the services; resolves with the counters read just before. */
  resume(): Promise<Counters>;
  /** Like `suspend`, for services that are suspended already. */
  readCounters(): Promise<Counters>;
}

/** Time for timers that expired during the suspension: they close idle connections and poll. */
const settleMs = 1_500;

export function createSuspension({ services }: Stack, postgres: CountedPostgres): Suspension {
  let suspended: Promise<Counters> | undefined;
  const signal = (kind: NodeJS.Signals) => {
    for (const name of serviceNames) services[name].kill(kind);
  };
  async function readCounters(): Promise<Counters> {
    await postgres.untilFlushed();
    return postgres.read();
  }
  function suspend(): Promise<Counters> {
    signal('SIGSTOP');
    suspended = readCounters();
    return suspended;
  }
  return {
    suspend,
    readCounters,
    async resume() {
      await (suspended ?? suspend());
      suspended = undefined;
      const counters = await postgres.read();
      signal('SIGCONT');
      await pause(settleMs);
      return counters;
    },
  };
}
