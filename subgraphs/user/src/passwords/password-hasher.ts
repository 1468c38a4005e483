import { availableParallelism, constants } from 'node:os';
import { extname, join } from 'node:path';
import { tooManyLogins } from '@shop/access';
import { timeLeftMs } from '@shop/kit/deadline';
import { genSaltSync, getRounds } from 'bcryptjs';
import { Piscina } from 'piscina';
import type { BcryptResult, BcryptTask } from './bcrypt.worker';
import { checkPassword } from './password-rule';

const maximumThreads = 8;
/** Less than the five seconds that the gateway waits. */
const maximumWaitMs = 3_500;
/** One hash of cost 10 on one core of a common server; each step of cost doubles it. */
const millisecondsAtCost10 = 77;

/** Hashes and verifies passwords with bcrypt in worker threads, because it would block the main thread. */
export class PasswordHasher {
  private readonly pool: Piscina;
  private readonly maximumQueued: number;
  /** Well-formed and of the same cost, so it is computed in full; no password has this hash. */
  private readonly unmatchableHash: string;

  constructor(private readonly cost: number) {
    // One processor is left to other work.
    const threads = Math.min(Math.max(1, availableParallelism() - 1), maximumThreads);
    this.pool = new Piscina({
      filename: join(__dirname, `bcrypt.worker${extname(__filename)}`),
      minThreads: 1,
      maxThreads: threads,
      idleTimeout: 60_000,
      // On Linux a nice value belongs to the thread, on other systems to the process.
      niceIncrement: process.platform === 'linux' ? constants.priority.PRIORITY_BELOW_NORMAL : 0,
    });
    this.maximumQueued = Math.ceil((threads * maximumWaitMs) / (millisecondsAtCost10 * 2 ** (cost - 10)));
    this.unmatchableHash = genSaltSync(cost) + '.'.repeat(31);
  }

  /**
   * @param password one that `checkPassword` accepts
   * @throws AppError upstream_unavailable if the queue is full
   */
  hash(password: string): Promise<string> {
    return this.run({ kind: 'hash', password: password.normalize('NFKC'), cost: this.cost });
  }

  /**
   * Whether it is the password of `storedHash`. An account that does not exist (null) takes as long as
   * a wrong password.
   *
   * @throws AppError upstream_unavailable if the queue is full
   */
  async verify(password: string, storedHash: string | null): Promise<boolean> {
    const check = checkPassword(password);
    // bcrypt would ignore the bytes beyond its limit and accept a longer password.
    if (check.kind === 'rejected' || storedHash === null) {
      await this.run({ kind: 'compare', password: '', hash: this.unmatchableHash });
      return false;
    }
    return this.run({ kind: 'compare', password: check.normalised, hash: storedHash });
  }

  /** True for a hash of another cost: hash the password again while it is known. */
  isOutdated(storedHash: string): boolean {
    return getRounds(storedHash) !== this.cost;
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private async run<Task extends BcryptTask>(task: Task): Promise<BcryptResult<Task>> {
    if (this.pool.queueSize >= this.maximumQueued) throw tooManyLogins();
    const expiresAt = Date.now() + Math.min(maximumWaitMs, timeLeftMs());
    const result = (await this.pool.run({ ...task, expiresAt })) as BcryptResult<Task> | undefined;
    if (result === undefined) throw tooManyLogins();
    return result;
  }
}
