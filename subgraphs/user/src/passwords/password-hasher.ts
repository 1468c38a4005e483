import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import { tooManyLogins } from '@shop/access';
import { timeLeftMs } from '@shop/kit/deadline';
import { genSaltSync, getRounds } from 'bcryptjs';
import { Piscina } from 'piscina';
import type { BcryptResult, BcryptTask, QueuedBcryptTask } from './bcrypt-task';
import { SessionPriority } from './session-priority';
import { checkPassword } from './password-rule';

/** Hashes and checks passwords with bcrypt in worker threads: on the main thread it would stop everything else. */
export interface PasswordHasher {
  /**
   * @param password one that `checkPassword` accepts
   * @throws AppError upstream_unavailable when too many wait already
   */
  hash(password: string): Promise<string>;
  /**
   * Whether it is the password of `storedHash`. Takes as long for an account that does not exist (null) as for a
   * wrong password.
   *
   * @throws AppError upstream_unavailable when too many wait already
   */
  verify(password: string, storedHash: string | null): Promise<boolean>;
  /** True for a hash of another cost than today's: hash the password anew while it is at hand. */
  isOutdated(storedHash: string): boolean;
  close(): Promise<void>;
}

const maximumThreads = 8;
/** The gateway waits five seconds: what is hashed later than that is hashed for nobody. */
const maximumWaitMs = 3_500;
/** One hash of cost 10 on one core of a common server; each step of cost doubles it. */
const millisecondsAtCost10 = 77;

export function createPasswordHasher({ cost }: { cost: number }): PasswordHasher {
  const priority = new SessionPriority();
  // One processor is left to everything else.
  const threads = Math.min(Math.max(1, availableParallelism() - 1), maximumThreads);
  const pool = new Piscina({
    filename: join(__dirname, `bcrypt.worker${extname(__filename)}`),
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: 60_000,
  });
  const maximumWaiting = Math.ceil((threads * maximumWaitMs) / (millisecondsAtCost10 * 2 ** (cost - 10)));
  // Well formed and of the same cost, so that it is computed in full; nothing hashes to it.
  const nobodysHash = genSaltSync(cost) + '.'.repeat(31);

  async function run<Task extends BcryptTask>(task: Task): Promise<BcryptResult<Task>> {
    if (pool.queueSize >= maximumWaiting) throw tooManyLogins();
    const queued: QueuedBcryptTask = {
      ...task,
      uselessAfter: Date.now() + Math.min(maximumWaitMs, timeLeftMs()),
    };
    const result = (await priority.lowerWhile(() => pool.run(queued))) as BcryptResult<Task> | undefined;
    if (result === undefined) throw tooManyLogins();
    return result;
  }

  return {
    hash: async (password) => run({ kind: 'hash', password: password.normalize('NFKC'), cost }),
    async verify(password, storedHash) {
      const check = checkPassword(password);
      // bcrypt would ignore what exceeds its limit and accept; a password that breaks the rule is nobody's.
      if (check.kind === 'rejected' || storedHash === null) {
        await run({ kind: 'compare', password: '', hash: nobodysHash });
        return false;
      }
      return run({ kind: 'compare', password: check.normalised, hash: storedHash });
    },
    isOutdated: (storedHash) => getRounds(storedHash) !== cost,
    close: () => pool.close(),
  };
}
