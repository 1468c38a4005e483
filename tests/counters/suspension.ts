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

const suspendedStacks = new Set<Stack>();
// A suspended service would not notice that this process has ended, and would remain.
process.on('exit', () => suspendedStacks.forEach(resumeServices));

/** Sends SIGSTOP to the services. When this process exits, they are resumed, and so they end. */
export function suspendServices(stack: Stack): void {
  suspendedStacks.add(stack);
  for (const name of serviceNames) stack.services[name].kill('SIGSTOP');
}

export function resumeServices(stack: Stack): void {
  suspendedStacks.delete(stack);
  for (const name of serviceNames) stack.services[name].kill('SIGCONT');
}

export function createSuspension(stack: Stack, postgres: CountedPostgres): Suspension {
  let suspended: Promise<Counters> | undefined;
  async function readCounters(): Promise<Counters> {
    await postgres.untilFlushed();
    return postgres.read();
  }
  function suspend(): Promise<Counters> {
    suspendServices(stack);
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
      resumeServices(stack);
      await pause(settleMs);
      return counters;
    },
  };
}
