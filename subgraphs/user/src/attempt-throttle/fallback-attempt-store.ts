import { rejectAfter } from '@shop/kit/deadline';
import { CallFailure, type Circuit } from '@shop/kit/resilience';
import type { Admission, AttemptEnd, AttemptStore } from './attempt-store';
import type { Attempt } from './attempt-throttle';
import type { MemoryAttemptStore } from './memory-attempt-store';

/** Longer than any decision takes; nobody waits longer for a store that does not answer. */
const timeLimitMs = 100;

/**
 * A shared store, and this process's own for when that is away or slow: an attempt is always decided, never let through unasked. The
 * own one hears of every end, so that it knows who failed here when its time comes.
 */
export class FallbackAttemptStore implements AttemptStore {
  constructor(
    private readonly shared: AttemptStore,
    private readonly own: MemoryAttemptStore,
    private readonly circuit: Circuit,
  ) {}

  async enter(who: Attempt): Promise<Admission> {
    const admission = await this.ask(() => this.shared.enter(who)).catch(() => null);
    if (admission === null) return this.own.enter(who);
    if (admission.kind === 'rejected') return admission;
    return {
      kind: 'admitted',
      leave: async (end: AttemptEnd) => {
        this.own.note(who, end);
        // Whoever was let in is not kept waiting by what could not be counted; the circuit has noticed.
        await this.ask(() => admission.leave(end)).catch(() => undefined);
      },
    };
  }

  private ask<T>(call: () => Promise<T>): Promise<T> {
    return this.circuit.run(() => withinTimeLimit(call()));
  }
}

async function withinTimeLimit<T>(answer: Promise<T>): Promise<T> {
  const late = () => new CallFailure('attempt-store', 'timed_out');
  try {
    return await rejectAfter(timeLimitMs, answer, late);
  } catch (cause) {
    throw cause instanceof CallFailure
      ? cause
      : new CallFailure('attempt-store', 'connection_lost', { cause });
  }
}
