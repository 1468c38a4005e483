import { setTimeout as pause } from 'node:timers/promises';
import { type Client, escapeLiteral } from 'pg';
import { z } from 'zod';
import { sqlErrorOf, sqlStates } from './sql-error';

/** Settings of `migrate`. */
export const migrationEnvironment = {
  /**
   * How long a statement waits for a lock. All other statements on the table queue behind it, so the
   * default is below the time limit of a service's statement.
   */
  MIGRATION_LOCK_TIMEOUT_MS: z.coerce.number().int().min(10).max(60_000).default(1_000),
  /** How often a migration is tried while others hold its locks. The pauses are 0.5 s to 10 s. */
  MIGRATION_LOCK_ATTEMPTS: z.coerce.number().int().min(1).max(1_000).default(10),
  /** Time limit of a statement in a transaction, which keeps its locks; 0 is no limit. */
  MIGRATION_STATEMENT_TIMEOUT_MS: z.coerce.number().int().min(0).max(86_400_000).default(30_000),
};

export interface MigrationLimits {
  lockTimeoutMs: number;
  lockAttempts: number;
  statementTimeoutMs: number;
}

export type MigrationSettings = { [Name in keyof typeof migrationEnvironment]: number };

export const migrationLimitsOf = (settings: MigrationSettings): MigrationLimits => ({
  lockTimeoutMs: settings.MIGRATION_LOCK_TIMEOUT_MS,
  lockAttempts: settings.MIGRATION_LOCK_ATTEMPTS,
  statementTimeoutMs: settings.MIGRATION_STATEMENT_TIMEOUT_MS,
});

export const defaultMigrationLimits = migrationLimitsOf(z.object(migrationEnvironment).parse({}));

/** A migration that cannot run now; the message contains the remedy. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** A session that holds a lock for which a migration waits. */
interface BlockingSession {
  pid: number;
  application: string;
  /** Null for a session of another role. */
  state: string | null;
  transactionSeconds: number | null;
}

/** Only a statement without lock_timeout waits for so long: CREATE INDEX CONCURRENTLY and its like. */
const warnAfterMs = 5_000;
const warnEveryMs = 30_000;
const firstPauseMs = 500;
const maxPauseMs = 10_000;

/**
 * Runs `work` again while a statement in it fails with lock_timeout, at most `lockAttempts` times.
 *
 * @param guard a connection besides those of `work`, which reads the blocking sessions
 * @param input.application the application_name of the connections of `work`
 * @param input.current describes the migration that is running
 * @throws MigrationError that names the blocking sessions, or the statement's time limit
 */
export async function retryOnLockTimeout<Result>(
  guard: Client,
  input: {
    application: string;
    limits: MigrationLimits;
    current: () => string;
    warn: (message: string, fields: object) => void;
  },
  work: () => Promise<Result>,
): Promise<Result> {
  const { application, limits, current, warn } = input;
  for (let attempt = 1; ; attempt += 1) {
    const watch = watchBlockingSessions(guard, application, {
      lockTimeoutMs: limits.lockTimeoutMs,
      onLongWait: (blockedBy) =>
        warn('migration waits until the transactions of other sessions end', {
          migration: current(),
          blockedBy,
        }),
    });
    try {
      return await work();
    } catch (error) {
      const { code } = sqlErrorOf(error);
      if (code === sqlStates.queryCanceled) throw timedOut(current(), limits, error);
      if (code !== sqlStates.lockNotAvailable) throw error;
      const blockedBy = await watch.stop();
      if (attempt >= limits.lockAttempts) throw blocked(current(), limits, blockedBy, error);
      warn('migration could not get a lock and is tried again', { migration: current(), attempt, blockedBy });
    } finally {
      await watch.stop();
    }
    await pause(Math.min(firstPauseMs * 2 ** (attempt - 1), maxPauseMs));
  }
}

function blocked(
  migration: string,
  { lockTimeoutMs, lockAttempts }: MigrationLimits,
  sessions: readonly BlockingSession[],
  cause: unknown,
): MigrationError {
  const list = sessions.map(describeSession).join('; ') || 'not found, because they have ended';
  return new MigrationError(
    `${migration} could not get a lock within ${lockTimeoutMs} ms (MIGRATION_LOCK_TIMEOUT_MS) in ${lockAttempts} ` +
      `attempts (MIGRATION_LOCK_ATTEMPTS). Blocking sessions: ${list}. Wait until their transactions have ended, or end them ` +
      `with SELECT pg_terminate_backend(pid), then run migrate again`,
    { cause },
  );
}

function describeSession({ pid, application, state, transactionSeconds }: BlockingSession): string {
  const since = transactionSeconds === null ? '' : `, transaction open for ${transactionSeconds} s`;
  return `pid ${pid} (${application || 'no application name'}, ${state ?? 'state unknown'}${since})`;
}

function timedOut(migration: string, { statementTimeoutMs }: MigrationLimits, cause: unknown) {
  return new MigrationError(
    `${migration}: a statement was cancelled, or ran for longer than ${statementTimeoutMs} ms ` +
      `(MIGRATION_STATEMENT_TIMEOUT_MS) while its transaction held locks. Raise the setting for this run if the services ` +
      `can wait for the locked tables, or write the migration with \`transaction = false\``,
    { cause },
  );
}

/**
 * Reads repeatedly which sessions block those of `application`: after a statement has failed with
 * lock_timeout, PostgreSQL no longer knows them.
 */
function watchBlockingSessions(
  guard: Client,
  application: string,
  {
    lockTimeoutMs,
    onLongWait,
  }: { lockTimeoutMs: number; onLongWait: (blockedBy: readonly BlockingSession[]) => void },
) {
  const stopped = new AbortController();
  let last: readonly BlockingSession[] = [];
  let warnAtMs = Infinity;
  const everyMs = Math.max(5, Math.min(100, lockTimeoutMs / 5));
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      const { rows } = await guard.query<BlockingSession>(blockingSessions(application));
      if (rows.length > 0) last = rows;
      const now = performance.now();
      if (rows.length === 0) warnAtMs = Infinity;
      else if (warnAtMs === Infinity) warnAtMs = now + Math.max(warnAfterMs, 2 * lockTimeoutMs);
      else if (now >= warnAtMs) {
        onLongWait(rows);
        warnAtMs = now + warnEveryMs;
      }
      await pause(everyMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  // A failed read must not hide the error of the migration.
  watching.catch(() => undefined);
  return {
    async stop(): Promise<readonly BlockingSession[]> {
      stopped.abort();
      await watching.catch(() => undefined);
      return last;
    },
  };
}

const blockingSessions = (application: string) => `
  SELECT DISTINCT blocking.pid, blocking.application_name AS application, blocking.state,
         extract(epoch FROM clock_timestamp() - blocking.xact_start)::int AS "transactionSeconds"
    FROM pg_stat_activity AS waiting
   CROSS JOIN unnest(pg_blocking_pids(waiting.pid)) AS blocker (pid)
    JOIN pg_stat_activity AS blocking ON blocking.pid = blocker.pid
   WHERE waiting.datname = current_database() AND waiting.application_name = ${escapeLiteral(application)}
     AND waiting.wait_event_type = 'Lock'`;
