/** When failures begin to cost time, and how much. */
export interface FailurePolicy {
  /** Failures within `windowMs` that are free. */
  freeFailures: number;
  windowMs: number;
  /** Wait after the last free failure; doubled by each further one. */
  firstDelayMs: number;
  maximumDelayMs: number;
}

interface Count {
  failures: number;
  blockedUntil: number;
  forgottenAt: number;
}

/** Failures by key, in memory: the keys that failed longest ago are forgotten first when there are too many. */
export class FailureCounts {
  private readonly counts = new Map<string, Count>();

  constructor(
    private readonly policy: FailurePolicy,
    private readonly now: () => number,
    private readonly maximumKeys = 50_000,
  ) {}

  /** Failures that count now. */
  failuresOf(key: string): number {
    return this.find(key)?.failures ?? 0;
  }

  /** Milliseconds until the next attempt is allowed; 0 when it is. */
  waitMs(key: string): number {
    return Math.max(0, (this.find(key)?.blockedUntil ?? 0) - this.now());
  }

  add(key: string): void {
    const now = this.now();
    const count = this.find(key) ?? { failures: 0, blockedUntil: 0, forgottenAt: now + this.policy.windowMs };
    count.failures += 1;
    const delayMs = this.delayAfter(count.failures);
    if (delayMs > 0) {
      count.blockedUntil = now + delayMs;
      count.forgottenAt = count.blockedUntil + this.policy.windowMs;
    }
    // Deleted first, because a Map keeps the order of insertion: the oldest stays in front.
    this.counts.delete(key);
    this.counts.set(key, count);
    if (this.counts.size > this.maximumKeys) this.forgetOldest();
  }

  clear(key: string): void {
    this.counts.delete(key);
  }

  private find(key: string): Count | undefined {
    const count = this.counts.get(key);
    if (count && count.forgottenAt <= this.now()) {
      this.counts.delete(key);
      return undefined;
    }
    return count;
  }

  private delayAfter(failures: number): number {
    const { freeFailures, firstDelayMs, maximumDelayMs } = this.policy;
    if (failures < freeFailures) return 0;
    return Math.min(firstDelayMs * 2 ** (failures - freeFailures), maximumDelayMs);
  }

  private forgetOldest(): void {
    const [oldest] = this.counts.keys();
    if (oldest !== undefined) this.counts.delete(oldest);
  }
}
