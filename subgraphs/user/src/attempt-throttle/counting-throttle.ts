import type { AttemptEnd, AttemptStore } from './attempt-store';
import type { Attempt, AttemptOutcome, AttemptThrottle, RefusedAttempt } from './attempt-throttle';

/** Decides by what a store has counted. */
export class CountingThrottle implements AttemptThrottle {
  constructor(private readonly store: AttemptStore) {}

  async attempt<Result>(
    who: Attempt,
    authenticate: () => Promise<Result | null>,
  ): Promise<AttemptOutcome<Result>> {
    const outcome = await this.run(who, authenticate, (result) => (result === null ? 'failed' : 'succeeded'));
    if (outcome.kind === 'rejected') return outcome;
    return outcome.result === null ? { kind: 'failed' } : { kind: 'succeeded', result: outcome.result };
  }

  spend<Result>(
    who: Attempt,
    act: () => Promise<Result>,
  ): Promise<{ kind: 'done'; result: Result } | RefusedAttempt> {
    return this.run(who, act, () => 'failed');
  }

  private async run<Result>(
    who: Attempt,
    act: () => Promise<Result>,
    endOf: (result: Result) => AttemptEnd,
  ): Promise<{ kind: 'done'; result: Result } | RefusedAttempt> {
    const admission = await this.store.enter(who);
    if (admission.kind === 'rejected')
      return { kind: 'rejected', retryAfterSeconds: Math.ceil(admission.waitMs / 1_000) };
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
