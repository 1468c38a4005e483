import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource, MigrationInterface } from 'typeorm';
import type { Logger } from '../logger';
import { sqlErrorOf, sqlStates } from './sql-error';

/** The table in which TypeORM records the migrations of a database. */
export const migrationsTable = 'schema_migrations';

/** Names of migrations, the oldest first. */
export interface MigrationStatus {
  applied: string[];
  /** Of this program, and not applied. */
  pending: string[];
  /** Applied by a newer release. */
  unknown: string[];
}

/** Compares the migrations of a program with those that its database has recorded. Changes nothing. */
export async function readMigrationStatus(dataSource: DataSource): Promise<MigrationStatus> {
  const applied = await readAppliedMigrations(dataSource);
  const own = dataSource.migrations.map(migrationName).sort(byTimestamp);
  return {
    applied,
    pending: own.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !own.includes(name)),
  };
}

async function readAppliedMigrations(dataSource: DataSource): Promise<string[]> {
  try {
    const rows = await dataSource.query<{ name: string }[]>(
      `/* readAppliedMigrations */ SELECT name FROM ${migrationsTable} ORDER BY id`,
    );
    return rows.map(({ name }) => name);
  } catch (error) {
    if (sqlErrorOf(error).code === sqlStates.undefinedTable) return [];
    throw error;
  }
}

export const migrationName = ({ name, constructor }: MigrationInterface): string => name ?? constructor.name;

/** A name ends with its timestamp of 13 digits. */
const byTimestamp = (a: string, b: string) => Number(a.slice(-13)) - Number(b.slice(-13));

const waitForMs = 30_000;
const pauseMs = 500;

/**
 * Waits until all migrations of this program are applied, because its statements need their tables
 * and columns. A newer schema is accepted: a rollback starts the former release on it.
 *
 * @throws Error with the remedy if migrations are still pending after `timeoutMs`
 */
export async function waitForMigrations(
  dataSource: DataSource,
  logger: Logger,
  timeoutMs = waitForMs,
): Promise<void> {
  for (const deadline = performance.now() + timeoutMs; ; await pause(pauseMs)) {
    const { pending, unknown } = await readMigrationStatus(dataSource);
    if (pending.length === 0) {
      if (unknown.length > 0) logger.info('the database has migrations of a newer release', { unknown });
      return;
    }
    if (performance.now() > deadline)
      throw new Error(
        `the database schema is older than this program: ${pending.length} migrations are pending, the first is ` +
          `${pending[0]}. Run \`npm run migrate\`, or \`migrate\` of the image, before the service starts`,
      );
    logger.warn('waiting for pending migrations', { pending });
  }
}
