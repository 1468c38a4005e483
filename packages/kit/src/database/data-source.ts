import type { Socket } from 'node:net';
import { type ClientBase, type PoolClient, types } from 'pg';
import 'reflect-metadata';
import { DataSource, type MigrationInterface } from 'typeorm';
import { migrationsTable } from './migration-status';
import { measureStatements } from './statement-metrics';

export type EntityClass = new () => object;
export type MigrationClass = new () => MigrationInterface;
export type MixedList<T> = readonly T[];

export interface DatabaseOptions {
  /** postgres://user:password@host:port/database */
  url: string;
  /** Shown in pg_stat_activity. */
  service: string;
  poolSize?: number;
  entities?: MixedList<EntityClass>;
  migrations?: MixedList<MigrationClass>;
  /** Time limit of one statement in milliseconds, default 2 s; 0 (no limit) for migrations. */
  statementTimeoutMs?: number;
  /**
   * `url` is that of a pooler in transaction mode, which accepts no session settings. The limits
   * are then settings of the role, which `runMigrations` sets (`limitRole`).
   */
  isPooled?: boolean;
}

/** Time limit of one statement of a service, in milliseconds. */
const defaultStatementTimeoutMs = 2_000;
const idleInTransactionTimeoutMs = 10_000;

/** Also limits the wait for a connection of the pool when all are in use. */
const connectTimeoutMs = 3_000;
/** A response that is this much later than the time limit of its statement is treated as lost. */
const silenceMarginMs = 2_000;

const int8 = 20;
// Every bigint column is checked to stay within 2^53-1, so that numbers hold it exactly.
types.setTypeParser(int8, Number);

const timestamptz = 1184;
const parseAnyTimestamp = types.getTypeParser(timestamptz) as (text: string) => Date;
const utcTimestamp = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\+00$/;
// V8 parses ISO 8601 twice as fast as pg parses its own format, and lists have many timestamps.
types.setTypeParser(timestamptz, (text) =>
  utcTimestamp.test(text) ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : parseAnyTimestamp(text),
);

/**
 * A TypeORM data source with the pool limits and timeouts that every service has. Connect it with
 * `connectWithRetry`. A statement waits at most 3 s for a connection and runs at most
 * `statementTimeoutMs`; if there is no response 2 s after that, the connection is destroyed.
 */
export function createDataSource(options: DatabaseOptions): DataSource {
  const { url, service, poolSize = 10, isPooled = false } = options;
  const { statementTimeoutMs = defaultStatementTimeoutMs } = options;
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: service,
    entities: [...(options.entities ?? [])],
    migrations: [...(options.migrations ?? [])],
    migrationsTableName: migrationsTable,
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    poolSize,
    connectTimeoutMS: connectTimeoutMs,
    extra: {
      ...(isPooled ? {} : sessionLimits(statementTimeoutMs)),
      keepAlive: true,
      onConnect: (client: PoolClient) => {
        measureStatements(client);
        if (statementTimeoutMs > 0) destroySilentConnection(client, statementTimeoutMs + silenceMarginMs);
      },
    },
  });
}

/**
 * Startup parameters of a connection. pg does not send a `statement_timeout` of 0, which must
 * override the role's setting.
 */
function sessionLimits(statementTimeoutMs: number): object {
  return {
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    ...(statementTimeoutMs > 0
      ? { statement_timeout: statementTimeoutMs }
      : { options: '-c statement_timeout=0' }),
  };
}

/**
 * The same limits as settings of the role in its database, for connections through a pooler.
 *
 * @returns statements for a session of that role
 */
export function limitRole(): string[] {
  const set = (name: string, value: number) =>
    `DO $$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET ${name} = ${value}', current_database()); END $$`;
  return [
    set('statement_timeout', defaultStatementTimeoutMs),
    set('idle_in_transaction_session_timeout', idleInTransactionTimeoutMs),
  ];
}

/** What pg does not declare. */
interface OpenClient {
  connection: { stream: Socket };
  /** False while a response is awaited. */
  readyForQuery: boolean;
}

/**
 * Destroys a connection that waits for a response and receives nothing for `silenceMs`. Without it,
 * a network partition or a stopped server machine would block the connection and its callers for a
 * quarter of an hour. pg's own `query_timeout` does not help: it returns the connection to the pool
 * with its transaction still open.
 *
 * @param client connected
 */
function destroySilentConnection(client: ClientBase, silenceMs: number): void {
  const open = client as unknown as OpenClient;
  const { stream } = open.connection;
  stream.setTimeout(silenceMs);
  // Not as the argument of setTimeout: that listener is called only once, and an idle connection
  // times out repeatedly.
  stream.on('timeout', () => {
    if (open.readyForQuery) return;
    const heardBytes = stream.bytesRead;
    // If this process was suspended, the response may have arrived but not been read; it is read
    // before this runs.
    setImmediate(() => {
      if (stream.bytesRead === heardBytes) stream.destroy();
    });
  });
}
