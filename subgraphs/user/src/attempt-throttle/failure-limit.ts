import { createHash } from 'node:crypto';
import {
  type IRateLimiterOptions,
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  type RateLimiterRes,
} from 'rate-limiter-flexible';

/** From the first failure of a key, and after each delay. */
const windowSeconds = 15 * 60;
/** After the last free failure; doubled by each further one. */
const firstDelaySeconds = 30;
const maximumDelaySeconds = 15 * 60;

/** Two counters with the same keys. */
export interface FailureCounters {
  /** Failures, and attempts in progress. */
  failures: RateLimiterAbstract;
  /** A key exists while its next attempt must wait. */
  delays: RateLimiterAbstract;
}

/** In the memory of this process. @param maximumKeys of each counter */
export function memoryCounters(maximumKeys = 50_000): FailureCounters {
  return {
    failures: new BoundedRateLimiterMemory({ points: 1, duration: windowSeconds }, maximumKeys),
    delays: new BoundedRateLimiterMemory({ points: 1, duration: firstDelaySeconds }, maximumKeys),
  };
}

/**
 * Deletes the key that was counted longest ago if there are too many: RateLimiterMemory has no limit,
 * and attempts with invented emails would fill the memory.
 */
class BoundedRateLimiterMemory extends RateLimiterMemory {
  /** The key that was counted longest ago is the first. Expired keys stay until they are replaced. */
  private readonly keys = new Set<string>();

  constructor(
    options: IRateLimiterOptions,
    private readonly maximumKeys: number,
  ) {
    super(options);
  }

  override penalty(...args: Parameters<RateLimiterMemory['penalty']>): Promise<RateLimiterRes> {
    this.keep(String(args[0]));
    return super.penalty(...args);
  }

  override set(...args: Parameters<RateLimiterMemory['set']>): Promise<RateLimiterRes> {
    this.keep(String(args[0]));
    return super.set(...args);
  }

  override delete(key: string | number): Promise<boolean> {
    this.keys.delete(String(key));
    return super.delete(key);
  }

  private keep(key: string): void {
    this.keys.delete(key);
    this.keys.add(key);
    const [oldest] = this.keys;
    if (this.keys.size > this.maximumKeys && oldest !== undefined) void this.delete(oldest);
  }
}

/** @param client of `@redis/client` */
export function redisCounters(client: object, name: string): FailureCounters {
  const options = { storeClient: client, useRedisPackage: true, points: 1 };
  return {
    failures: new RateLimiterRedis({ ...options, keyPrefix: `${name}-failures`, duration: windowSeconds }),
    delays: new RateLimiterRedis({ ...options, keyPrefix: `${name}-delays`, duration: firstDelaySeconds }),
  };
}

/** An attempt that counts as a failure until its end is known. */
export interface Reservation {
  fail(): Promise<void>;
  /** Does not count. */
  cancel(): Promise<void>;
}

/**
 * Delays a key after `free` failures. The blocks of rate-limiter-flexible do not grow, and all points
 * are free after one. So the delay is a second counter, which one attempt at a time can take.
 */
export class FailureLimit {
  constructor(
    private readonly counters: FailureCounters,
    private readonly free: number,
  ) {}

  /** Milliseconds until the next attempt is allowed; 0 when it is. */
  async waitMs(name: string): Promise<number> {
    const delay = await this.counters.delays.get(keyOf(name));
    return Math.max(0, delay?.msBeforeNext ?? 0);
  }

  async add(name: string): Promise<void> {
    const key = keyOf(name);
    const { consumedPoints: count } = await this.counters.failures.penalty(key);
    if (count >= this.free) await this.delay(key, count);
  }

  /**
   * Concurrent attempts get no further than attempts one by one: the last free one and each further one
   * must take the delay. Returns the milliseconds to wait if another attempt has it. An attempt with the
   * delay counts when it has failed, so that the attempts rejected meanwhile do not change the count.
   */
  async reserve(name: string): Promise<Reservation | number> {
    const { failures, delays } = this.counters;
    const key = keyOf(name);
    const next = 1 + (await this.count(key));
    if (next < this.free) {
      const isFree = (await failures.penalty(key)).consumedPoints < this.free;
      if (isFree) return { fail: () => Promise.resolve(), cancel: () => this.takeBack(key) };
      await this.takeBack(key);
    }
    const count = Math.max(next, this.free);
    const delay = await delays.penalty(key, 1, { customDuration: this.delaySeconds(count) });
    if (delay.consumedPoints > 1) return delay.msBeforeNext;
    return {
      fail: async () => {
        // Concurrent free attempts may not have counted.
        const isFree = 1 + (await this.count(key)) < this.free;
        if (!isFree) return this.delay(key, count);
        await Promise.all([failures.penalty(key), delays.delete(key)]);
      },
      cancel: async () => void (await delays.delete(key)),
    };
  }

  async clear(name: string): Promise<void> {
    const key = keyOf(name);
    await Promise.all([this.counters.failures.delete(key), this.counters.delays.delete(key)]);
  }

  private async count(key: string): Promise<number> {
    return (await this.counters.failures.get(key))?.consumedPoints ?? 0;
  }

  private async delay(key: string, count: number): Promise<void> {
    const seconds = this.delaySeconds(count);
    await Promise.all([
      this.counters.delays.set(key, 1, seconds),
      this.counters.failures.set(key, count, seconds + windowSeconds),
    ]);
  }

  /** Deletes what counts nothing: the memory in use depends on failures alone. */
  private async takeBack(key: string): Promise<void> {
    const { consumedPoints: count } = await this.counters.failures.reward(key);
    if (count <= 0) await this.counters.failures.delete(key);
  }

  private delaySeconds(count: number): number {
    return Math.min(firstDelaySeconds * 2 ** (count - this.free), maximumDelaySeconds);
  }
}

/** Names are emails and network addresses: only hashes are stored. */
function keyOf(name: string): string {
  return createHash('sha256').update(name).digest('base64url');
}
