import type { Attempt, AttemptStore } from './attempt-store';

export type AttemptOutcome<Result> =
  | { kind: 'succeeded'; result: Result }
  | { kind: 'failed' }
  /** The attempt was not made. `retryAfterSeconds` is at least 1. */
  | { kind: 'rejected'; retryAfterSeconds: number };

/**
 * Limits operations that are expensive or could be used to guess, by account and by network address.
 * What throws is not counted, because the service failed and not the client.
 */
export class AttemptThrottle {
  constructor(
    private readonly store: AttemptStore,
    private readonly options: {
      /** Counts every attempt; otherwise only failures. */
      countsSuccess?: boolean;
      onRejected?: (scope: 'account' | 'address') => void;
    } = {},
  ) {}

  /**
   * Runs `act`, unless too many attempts were counted. Null is a failed attempt. Success clears the count
   * of the account but not of the address: otherwise an attacker could reset the address's count by
   * logging in to an account of their own.
   */
  async attempt<Result>(who: Attempt, act: () => Promise<Result | null>): Promise<AttemptOutcome<Result>> {
    const admission = await this.store.enter(who);
    if (admission.kind === 'rejected') {
      this.options.onRejected?.(admission.scope);
      return { kind: 'rejected', retryAfterSeconds: Math.max(1, Math.ceil(admission.waitMs / 1_000)) };
    }
    let result: Result | null;
    try {
      result = await act();
    } catch (error) {
      await admission.leave('broken');
      throw error;
    }
    await admission.leave(result === null || this.options.countsSuccess ? 'failed' : 'succeeded');
    return result === null ? { kind: 'failed' } : { kind: 'succeeded', result };
  }
}
