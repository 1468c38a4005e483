import { FailureCounts, type FailurePolicy } from './failure-counts';
import type { AttemptOutcome, LoginAttempt, LoginThrottle } from './login-throttle';

const policy: FailurePolicy = {
  freeFailures: 10,
  windowMs: 15 * 60_000,
  firstDelayMs: 30_000,
  maximumDelayMs: 15 * 60_000,
};

/** Counts in this process alone. `failuresPerAddress`: many people may share one address. */
export class MemoryLoginThrottle implements LoginThrottle {
  private readonly accounts: FailureCounts;
  private readonly addresses: FailureCounts;
  /** Attempts under way, by account. */
  private readonly underWay = new Map<string, number>();

  constructor({ failuresPerAddress = policy.freeFailures, now = Date.now } = {}) {
    this.accounts = new FailureCounts(policy, now);
    this.addresses = new FailureCounts({ ...policy, freeFailures: failuresPerAddress }, now);
  }

  async attempt<Result>(
    who: LoginAttempt,
    authenticate: () => Promise<Result | null>,
  ): Promise<AttemptOutcome<Result>> {
    const waitMs = this.waitMs(who);
    if (waitMs > 0) return { kind: 'refused', retryAfterSeconds: Math.ceil(waitMs / 1_000) };
    this.enter(who.account, 1);
    try {
      const result = await authenticate();
      return this.settle(who, result);
    } finally {
      this.enter(who.account, -1);
    }
  }

  private waitMs({ account, address }: LoginAttempt): number {
    const ofAddress = address === undefined ? 0 : this.addresses.waitMs(address);
    if (account === undefined) return ofAddress;
    return Math.max(ofAddress, this.accounts.waitMs(account), this.crowdWaitMs(account));
  }

  /**
   * An attempt under way may be the next failure, so guesses sent all at once get no further than guesses sent one by one. The
   * account's owner who has not failed may sign in on as many devices at once as the limit allows.
   */
  private crowdWaitMs(account: string): number {
    const underWay = this.underWay.get(account) ?? 0;
    const isFree = underWay === 0 || this.accounts.failuresOf(account) + underWay < policy.freeFailures;
    return isFree ? 0 : 1_000;
  }

  private enter(account: string | undefined, change: 1 | -1): void {
    if (account === undefined) return;
    const underWay = (this.underWay.get(account) ?? 0) + change;
    if (underWay === 0) this.underWay.delete(account);
    else this.underWay.set(account, underWay);
  }

  private settle<Result>({ account, address }: LoginAttempt, result: Result | null): AttemptOutcome<Result> {
    if (result !== null) {
      if (account !== undefined) this.accounts.clear(account);
      return { kind: 'succeeded', result };
    }
    if (account !== undefined) this.accounts.add(account);
    if (address !== undefined) this.addresses.add(address);
    return { kind: 'failed' };
  }
}
