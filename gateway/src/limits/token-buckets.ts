/** How many requests are free, and in how many seconds they come back. */
export interface Quota {
  requests: number;
  seconds: number;
}

/** What became of one request. */
export interface Taken {
  isAllowed: boolean;
  /** Requests that are left just now. */
  remaining: number;
  /** Whole seconds until one more is allowed, at least 1. */
  retryAfterSeconds: number;
  /** Whole seconds until the whole quota is there again, if nothing is asked. */
  restoredInSeconds: number;
}

interface Bucket {
  tokens: number;
  /** When `tokens` was true, in milliseconds. */
  at: number;
}

/**
 * A bucket of requests for each key. It can be emptied at once and fills steadily: with windows that turn, everybody who was refused
 * would come again at the same moment. In memory: those who asked longest ago are forgotten first when there are too many, and theirs are
 * the fullest.
 */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();
  private readonly tokensPerMs: number;

  /** @param now milliseconds of a monotonic clock */
  constructor(
    private readonly quota: Quota,
    private readonly now: () => number = () => performance.now(),
    private readonly maximumKeys = 100_000,
  ) {
    this.tokensPerMs = quota.requests / (quota.seconds * 1_000);
  }

  /** A rejected request takes nothing: after Retry-After the next one is served. */
  take(key: string): Taken {
    const { requests } = this.quota;
    const now = this.now();
    const bucket = this.buckets.get(key);
    const filled = bucket
      ? Math.min(requests, bucket.tokens + (now - bucket.at) * this.tokensPerMs)
      : requests;
    const isAllowed = filled >= 1;
    const tokens = isAllowed ? filled - 1 : filled;
    this.keep(key, { tokens, at: now });
    return {
      isAllowed,
      remaining: Math.floor(tokens),
      retryAfterSeconds: Math.max(1, this.secondsUntil(1 - tokens)),
      restoredInSeconds: this.secondsUntil(requests - tokens),
    };
  }

  /** A request that was allowed here and refused elsewhere has cost nothing. */
  putBack(key: string): void {
    const bucket = this.buckets.get(key);
    if (bucket) bucket.tokens = Math.min(this.quota.requests, bucket.tokens + 1);
  }

  private secondsUntil(missing: number): number {
    const { requests, seconds } = this.quota;
    return Math.ceil((missing * seconds) / requests);
  }

  private keep(key: string, bucket: Bucket): void {
    // Deleted first, because a Map keeps the order of insertion: the oldest stays in front.
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    if (this.buckets.size <= this.maximumKeys) return;
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}
