import { createHash, randomUUID } from 'node:crypto';
import type { Admission, AttemptEnd, AttemptStore } from './attempt-store';
import type { FailurePolicy } from './failure-counts';
import type { Attempt } from './attempt-throttle';
import { enterScript, leaveScript } from './redis-scripts';
import { crowdWaitMs, type ThrottlePolicy } from './throttle-policy';

/** Of a client of Redis or Valkey, what is used of it. */
export interface ScriptRunner {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** A process that dies during an attempt cannot say so: by then it is over. */
const longestAttemptMs = 30_000;

/** Counts in Redis (or Valkey), by its clock, for all processes. The keys are hashes: no address, electronic or other, is stored. */
export class RedisAttemptStore implements AttemptStore {
  constructor(
    private readonly redis: ScriptRunner,
    /** What is tried: its own counts. */
    private readonly what: string,
    private readonly policy: ThrottlePolicy,
  ) {}

  async enter(who: Attempt): Promise<Admission> {
    const id = randomUUID();
    const waitMs = await this.redis.eval(enterScript, {
      keys: this.keysOf(who),
      arguments: [id, longestAttemptMs, this.policy.account.freeFailures, crowdWaitMs].map(String),
    });
    if (typeof waitMs !== 'number') throw new Error('redis: the script answers no number');
    if (waitMs > 0) return { kind: 'rejected', waitMs };
    return { kind: 'admitted', leave: (end) => this.leave(who, id, end) };
  }

  private async leave(who: Attempt, id: string, end: AttemptEnd): Promise<void> {
    const { account, address } = this.policy;
    await this.redis.eval(leaveScript, {
      keys: this.keysOf(who),
      arguments: [id, end, ...numbersOf(account), ...numbersOf(address)],
    });
  }

  /** In braces: what a cluster keeps together, as one script must find all of it. */
  private keysOf({ account, address }: Attempt): string[] {
    const [ofAccount, ofAddress] = [account, address].map(hashed);
    const group = `{${this.what}}`;
    return [
      `${group}:account:${ofAccount}`,
      `${group}:under-way:${ofAccount}`,
      `${group}:address:${ofAddress}`,
    ];
  }
}

function hashed(name: string | undefined): string {
  return name === undefined ? '' : createHash('sha256').update(name).digest('base64url');
}

function numbersOf({ freeFailures, windowMs, firstDelayMs, maximumDelayMs }: FailurePolicy): string[] {
  return [freeFailures, windowMs, firstDelayMs, maximumDelayMs].map(String);
}
