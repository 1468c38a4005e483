import type { Admission, AttemptEnd, AttemptStore } from './attempt-store';
import { FailureCounts } from './failure-counts';
import type { Attempt } from './attempt-throttle';
import { crowdWaitMs, throttlePolicy, type ThrottlePolicy } from './throttle-policy';

/** Counts in this process alone. */
export class MemoryAttemptStore implements AttemptStore {
  private readonly accounts: FailureCounts;
  private readonly addresses: FailureCounts;
  /** Attempts under way, by account. */
  private readonly underWay = new Map<string, number>();

  /** @param now milliseconds of a clock that nobody sets */
  constructor(
    private readonly policy: ThrottlePolicy = throttlePolicy(),
    now: () => number = () => performance.now(),
  ) {
    this.accounts = new FailureCounts(policy.account, now);
    this.addresses = new FailureCounts(policy.address, now);
  }

  async enter(who: Attempt): Promise<Admission> {
    const waitMs = this.waitMs(who);
    if (waitMs > 0) return { kind: 'rejected', waitMs };
    this.count(who.account, 1);
    return {
      kind: 'admitted',
      leave: async (end) => {
        this.count(who.account, -1);
        this.note(who, end);
      },
    };
  }

  /** How an attempt ended that another store admitted, or this one. */
  note({ account, address }: Attempt, end: AttemptEnd): void {
    if (end === 'succeeded' && account !== undefined) this.accounts.clear(account);
    if (end !== 'failed') return;
    if (account !== undefined) this.accounts.add(account);
    if (address !== undefined) this.addresses.add(address);
  }

  private waitMs({ account, address }: Attempt): number {
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
    const { freeFailures } = this.policy.account;
    const isFree = underWay === 0 || this.accounts.failuresOf(account) + underWay < freeFailures;
    return isFree ? 0 : crowdWaitMs;
  }

  private count(account: string | undefined, change: 1 | -1): void {
    if (account === undefined) return;
    const underWay = (this.underWay.get(account) ?? 0) + change;
    if (underWay === 0) this.underWay.delete(account);
    else this.underWay.set(account, underWay);
  }
}
