/** A bucket holds `requests` tokens and is refilled from empty in `seconds`. */
export interface Quota {
  requests: number;
  seconds: number;
}

export interface RateLimitResult {
  isAllowed: boolean;
  /** Requests that are allowed at this moment. */
  remaining: number;
  /** Whole seconds until one more request is allowed, at least 1. */
  retryAfterSeconds: number;
  /** Whole seconds until the bucket is full. */
  restoredInSeconds: number;
}

/**
 * Token buckets in memory, one for each key. A bucket refills steadily; with fixed windows, all
 * rejected clients would retry at the same moment. Above `maximumKeys` the least recently used
 * buckets, which are the fullest, are removed.
 */
export class TokenBuckets {
  private readonly buckets = new Map<string, { tokens: number; atMs: number }>();

  /** @param now milliseconds of a monotonic clock */
  constructor(
    private readonly quota: Quota,
    private readonly now: () => number = () => performance.now(),
    private readonly maximumKeys = 100_000,
  ) {}

  /** A rejected request takes no token, so the next one after Retry-After is allowed. */
  take(key: string): RateLimitResult {
    const { requests, seconds } = this.quota;
    const now = this.now();
    const bucket = this.buckets.get(key) ?? { tokens: requests, atMs: now };
    const refill = ((now - bucket.atMs) * requests) / (seconds * 1_000);
    const available = Math.min(requests, bucket.tokens + refill);
    const isAllowed = available >= 1;
    const tokens = isAllowed ? available - 1 : available;
    this.store(key, { tokens, atMs: now });
    return {
      isAllowed,
      remaining: Math.floor(tokens),
      retryAfterSeconds: Math.max(1, this.secondsFor(1 - tokens)),
      restoredInSeconds: this.secondsFor(requests - tokens),
    };
  }

  /** Returns the token of a request that was allowed here and rejected by another limit. */
  release(key: string): void {
    const bucket = this.buckets.get(key);
    if (bucket) bucket.tokens = Math.min(this.quota.requests, bucket.tokens + 1);
  }

  private secondsFor(tokens: number): number {
    const { requests, seconds } = this.quota;
    return Math.ceil((tokens * seconds) / requests);
  }

  private store(key: string, bucket: { tokens: number; atMs: number }): void {
    // Deleted first, because a Map keeps the order of insertion: the first key is the oldest.
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    if (this.buckets.size <= this.maximumKeys) return;
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}
