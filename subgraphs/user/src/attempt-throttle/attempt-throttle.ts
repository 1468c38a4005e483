import type { Attempt, AttemptEnd, AttemptStore } from './attempt-store';

/** The attempt was not made. */
export interface RejectedAttempt {
  kind: 'rejected';
  /** At least 1. */
  retryAfterSeconds: number;
}

export type AttemptOutcome<Result> =
  { kind: 'succeeded'; result: Result } | { kind: 'failed' } | RejectedAttempt;

/**
 * Limits operations that are expensive or could be used to guess, by account and by network address.
 * What throws is not counted, because the service failed and not the client.
 */
export class AttemptThrottle {
  constructor(private readonly store: AttemptStore) {}

  /**
   * Runs `authenticate`, unless too many attempts have failed. Null is a failed attempt. Success
   * clears the count of the account but not of the address: otherwise an attacker could reset the
   * address's count by logging in to an account of their own.
   */
  async attempt<Result>(
    who: Attempt,
    authenticate: () => Promise<Result | null>,
  ): Promise<AttemptOutcome<Result>> {
    const outcome = await this.run(who, authenticate, (result) => (result === null ? 'failed' : 'succeeded'));
    if (outcome.kind === 'rejected') return outcome;
    return outcome.result === null ? { kind: 'failed' } : { kind: 'succeeded', result: outcome.result };
  }

  /** Runs `act`, unless it ran too often. Every run counts, whatever it returns. */
  spend<Result>(
    who: Attempt,
    act: () => Promise<Result>,
  ): Promise<{ kind: 'done'; result: Result } | RejectedAttempt> {
    return this.run(who, act, () => 'failed');
  }

  private async run<Result>(
    who: Attempt,
    act: () => Promise<Result>,
    endOf: (result: Result) => AttemptEnd,
  ): Promise<{ kind: 'done'; result: Result } | RejectedAttempt> {
    const admission = await this.store.enter(who);
    if (admission.kind === 'rejected') {
      return { kind: 'rejected', retryAfterSeconds: Math.max(1, Math.ceil(admission.waitMs / 1_000)) };
    }
    let result: Result;
    try {
      result = await act();
    } catch (error) {
      await admission.leave('broken');
      throw error;
    }
    await admission.leave(endOf(result));
    return { kind: 'done', result };
  }
}
