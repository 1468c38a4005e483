import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { DataSource, MigrationInterface } from 'typeorm';
import { createDataSource, type DatabaseOptions, limitRole } from './data-source';
import {
  defaultMigrationLimits,
  MigrationError,
  type MigrationLimits,
  retryOnLockTimeout,
} from './migration-limits';
import { migrationName, type MigrationStatus, readMigrationStatus } from './migration-status';

/** Key of the advisory lock; the same constant in every process that migrates. */
const migrationLock = 4_711_001;
const lockPauseMs = 200;

export interface MigrationOptions extends DatabaseOptions {
  /**
   * The service connects through a pooler in transaction mode, so the time limits are set on its
   * role.
   */
  isServicePooled?: boolean;
  limits?: MigrationLimits;
  /** Logs why a migration waits. */
  warn?: (message: string, fields: object) => void;
}

/**
 * Migrates one database to the newest schema. Concurrent processes run one after the other. A
 * migration that cannot get a lock within `limits.lockTimeoutMs` is tried again; those before it
 * stay applied.
 *
 * @returns the names of the migrations that ran
 * @throws MigrationError with the remedy if other sessions keep a lock
 */
export function runMigrations(options: MigrationOptions): Promise<string[]> {
  return withMigrations(options, async ({ guard, dataSource, retry }) => {
    const { pending } = await readMigrationStatus(dataSource);
    await retry(() => dataSource.runMigrations());
    if (options.isServicePooled) for (const statement of limitRole()) await guard.query(statement);
    return pending;
  });
}

/**
 * Reverts the newest migration.
 *
 * @param options.name of the migration that the caller expects to be the newest
 * @throws MigrationError if it is another one, or cannot be reverted
 */
export function revertMigration(options: MigrationOptions & { name: string }): Promise<void> {
  const { name } = options;
  return withMigrations(options, async ({ dataSource, retry }) => {
    const { applied, unknown } = await readMigrationStatus(dataSource);
    const newest = applied.at(-1);
    if (name !== newest)
      throw new MigrationError(
        `only the newest migration can be reverted: it is ${newest ?? 'none'}, not ${name}`,
      );
    if (unknown.includes(name))
      throw new MigrationError(
        `${name} belongs to a newer release: revert it with the program of that release`,
      );
    const migration = dataSource.migrations.find(
      (found) => migrationName(found) === name,
    ) as ReversibleMigration;
    if (migration.irreversible)
      throw new MigrationError(`${name} cannot be reverted: ${migration.irreversible}`);
    // Unlike runMigrations, TypeORM does not read `transaction` of the migration here.
    const transaction = migration.transaction === false ? 'none' : 'each';
    await retry(() => dataSource.undoLastMigration({ transaction }));
  });
}

/** `irreversible` is the reason why a migration has no `down`. */
export type ReversibleMigration = MigrationInterface & { readonly irreversible?: string };

/** Reads which migrations are applied; waits for no other process. */
export async function readStatus(options: DatabaseOptions): Promise<MigrationStatus> {
  const dataSource = await createDataSource({ ...options, poolSize: 1 }).initialize();
  try {
    return await readMigrationStatus(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

interface MigrationSession {
  guard: Client;
  dataSource: DataSource;
  /** Runs migrations, and runs them again while they cannot get a lock. */
  retry: (work: () => Promise<unknown>) => Promise<unknown>;
}

/** Runs `work` while no other process migrates this database. */
async function withMigrations<Result>(
  options: MigrationOptions,
  work: (session: MigrationSession) => Promise<Result>,
): Promise<Result> {
  const { service, url, limits = defaultMigrationLimits, warn = () => undefined } = options;
  const guard = new Client({ connectionString: url, application_name: `${service}-migrate` });
  const lost = lossOf(guard);
  await guard.connect();
  try {
    await takeMigrationLock(guard, warn);
    const application = `${service}-migration`;
    const dataSource = createDataSource({
      ...options,
      service: application,
      poolSize: 2,
      statementTimeoutMs: 0,
    });
    // `setOptions` replaces `extra` as a whole.
    const { extra } = dataSource.options as { extra?: object };
    dataSource.setOptions({ extra: { ...extra, lock_timeout: limits.lockTimeoutMs } });
    await dataSource.initialize();
    // It writes text to standard output; the error is thrown as well.
    dataSource.logger.logMigration = () => undefined;
    const current = limitMigrations(dataSource, limits);
    const input = { application, limits, current, warn };
    const session: MigrationSession = {
      guard,
      dataSource,
      retry: (step) => retryOnLockTimeout(guard, input, step),
    };
    const working = work(session).finally(() => dataSource.destroy());
    working.catch(() => undefined);
    return await Promise.race([working, lost]);
  } finally {
    await guard.end();
  }
}

/**
 * Rejects when the connection that holds the lock is lost: another process may migrate from then on.
 * A program that ends then does not commit the migration that it runs.
 */
function lossOf(guard: Client): Promise<never> {
  const lost = new Promise<never>((_resolve, reject) =>
    guard.once('error', (cause: Error) =>
      reject(
        new MigrationError(
          `lost the connection that holds the lock of migrations (${cause.message}): check the database, then run migrate again`,
          { cause },
        ),
      ),
    ),
  );
  lost.catch(() => undefined);
  // Without a listener, a second error would end the process.
  guard.on('error', () => undefined);
  return lost;
}

/**
 * Polls instead of waiting in a statement: a waiting statement holds a snapshot, and CREATE INDEX
 * CONCURRENTLY in the running migration would wait for that snapshot without end.
 */
async function takeMigrationLock(guard: Client, warn: NonNullable<MigrationOptions['warn']>): Promise<void> {
  for (let isFirst = true; ; isFirst = false) {
    const { rows } = await guard.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      migrationLock,
    ]);
    if (rows[0]?.taken) return;
    if (isFirst) warn('waiting for another process that migrates this database', {});
    await pause(lockPauseMs);
  }
}

/**
 * Limits the statements of migrations that hold their locks until the end of a transaction. Those
 * without one (`transaction = false`) may build an index for hours.
 *
 * @returns a function that names the migration that runs, or ran last
 */
function limitMigrations(dataSource: DataSource, { statementTimeoutMs }: MigrationLimits): () => string {
  let current = 'the table of applied migrations';
  for (const migration of dataSource.migrations) {
    for (const direction of ['up', 'down'] as const) {
      const run = migration[direction].bind(migration);
      migration[direction] = async (runner) => {
        current = migrationName(migration);
        if (migration.transaction !== false)
          await runner.query(`SET LOCAL statement_timeout = ${statementTimeoutMs}`);
        await run(runner);
      };
    }
  }
  return () => current;
}
