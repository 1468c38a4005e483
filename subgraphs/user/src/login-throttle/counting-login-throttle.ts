import type { AttemptStore } from './attempt-store';
import type { AttemptOutcome, LoginAttempt, LoginThrottle } from './login-throttle';

/** Decides by what a store has counted. */
export class CountingLoginThrottle implements LoginThrottle {
  constructor(private readonly store: AttemptStore) {}

  async attempt<Result>(
    who: LoginAttempt,
    authenticate: () => Promise<Result | null>,
  ): Promise<AttemptOutcome<Result>> {
    const admission = await this.store.enter(who);
    if (admission.kind === 'refused')
      return { kind: 'refused', retryAfterSeconds: Math.ceil(admission.waitMs / 1_000) };
    let result: Result | null;
    try {
      result = await authenticate();
    } catch (error) {
      await admission.leave('broken');
      throw error;
    }
    await admission.leave(result === null ? 'failed' : 'succeeded');
    return result === null ? { kind: 'failed' } : { kind: 'succeeded', result };
  }
}
