import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { serviceEnvironment } from '../config';
import { createDataSource, type DatabaseOptions } from './data-source';
import { migrationEnvironment } from './migration-limits';
import { measurePool } from './pool-metrics';
import { isConnectionLost } from './sql-error';

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });

const databaseUrls = {
  /** PostgreSQL, or a pooler in transaction mode if DATABASE_SESSION_URL is set. */
  DATABASE_URL: postgresUrl,
  /** PostgreSQL itself, because migrations and operator programs need a session. */
  DATABASE_SESSION_URL: postgresUrl.optional(),
};

/** Settings of a process that has a database. */
export const databaseEnvironment = {
  ...databaseUrls,
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(10),
};

/** Settings of a command that uses a database and exits, for example migrate or seed. */
export const commandEnvironment = {
  LOG_LEVEL: serviceEnvironment.LOG_LEVEL,
  LOG_FORMAT: serviceEnvironment.LOG_FORMAT,
  LOG_REPEAT_WINDOW_SECONDS: serviceEnvironment.LOG_REPEAT_WINDOW_SECONDS,
  ...databaseUrls,
  ...migrationEnvironment,
};

export interface DatabaseSettings {
  DATABASE_URL: string;
  DATABASE_SESSION_URL?: string | undefined;
  DATABASE_POOL_SIZE?: number;
}

/** The connection of a service to its database. */
export function connectionOf(
  settings: DatabaseSettings,
): Pick<DatabaseOptions, 'url' | 'poolSize' | 'isPooled'> {
  const { DATABASE_URL: url, DATABASE_SESSION_URL: sessionUrl, DATABASE_POOL_SIZE: poolSize } = settings;
  return { url, isPooled: sessionUrl !== undefined, ...(poolSize === undefined ? {} : { poolSize }) };
}

/** What the database of a service consists of. */
export type ServiceDatabase = Pick<DatabaseOptions, 'service' | 'entities' | 'migrations'>;

/**
 * Connects a service to its database, with retries for 30 s; destroy the data source at the end.
 */
export async function connectService(
  database: ServiceDatabase,
  settings: DatabaseSettings,
): Promise<DataSource> {
  const dataSource = await connectWithRetry(createDataSource({ ...database, ...connectionOf(settings) }));
  measurePool(dataSource);
  return dataSource;
}

/** The connection for migrations: always PostgreSQL itself, never a pooler. */
export function sessionOf(settings: DatabaseSettings): { url: string; isServicePooled: boolean } {
  const { DATABASE_URL: url, DATABASE_SESSION_URL: sessionUrl } = settings;
  return { url: sessionUrl ?? url, isServicePooled: sessionUrl !== undefined };
}

const retryForMs = 30_000;
const pauseMs = 500;

/**
 * Connects a data source, and retries for 30 s while the database is unavailable. So a service that
 * starts together with its database is ready as soon as the database is, not after its supervisor's
 * next restart.
 *
 * @throws the last error; immediately if it is not a connection error
 */
export async function connectWithRetry(dataSource: DataSource): Promise<DataSource> {
  for (const deadline = performance.now() + retryForMs; ;) {
    try {
      return await dataSource.initialize();
    } catch (error) {
      if (!isConnectionLost(error) || performance.now() > deadline) throw error;
    }
    await pause(pauseMs);
  }
}

/** For readiness. @throws Error if the database does not respond */
export async function pingDatabase(dataSource: DataSource): Promise<void> {
  await dataSource.query('/* pingDatabase */ SELECT 1');
}
