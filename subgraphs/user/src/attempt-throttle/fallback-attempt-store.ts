import type { Circuit } from '@shop/kit/resilience';
import { callSharedStore } from '@shop/kit/shared-store';
import type { Admission, Attempt, AttemptEnd, AttemptStore, CountingAttemptStore } from './attempt-store';

/**
 * Counts in a shared store, and in this process while that is unavailable or slow: no attempt is
 * admitted without a check. The local store records the end of every attempt, so that it knows earlier
 * failures of this process when it takes over. An `insuranceLimiter` would start empty and has no timeout.
 */
export class FallbackAttemptStore implements AttemptStore {
  constructor(
    private readonly shared: AttemptStore,
    private readonly local: CountingAttemptStore,
    private readonly circuit: Circuit,
  ) {}

  async enter(who: Attempt): Promise<Admission> {
    let entering: Promise<Admission> | undefined;
    const admission = await this.run(() => (entering = this.shared.enter(who))).catch(() => null);
    if (admission === null) {
      void entering?.then(cancel).catch(() => undefined);
      return this.local.enter(who);
    }
    if (admission.kind === 'rejected') return admission;
    return {
      kind: 'admitted',
      leave: async (end: AttemptEnd) => {
        await this.local.record(who, end);
        // The result of the attempt does not depend on the count; the circuit logs the outage.
        await this.run(() => admission.leave(end)).catch(() => undefined);
      },
    };
  }

  private run<T>(call: () => Promise<T>): Promise<T> {
    return callSharedStore(this.circuit, 'attempt-store', call);
  }
}

/** Of a store that was too slow: otherwise the attempt would count there as a failure until it expires. */
async function cancel(admission: Admission): Promise<void> {
  if (admission.kind === 'admitted') await admission.leave('broken');
}
