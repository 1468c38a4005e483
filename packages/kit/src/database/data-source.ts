import 'reflect-metadata';
import { types, type PoolClient } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { endSilentConnection } from './silent-connection';

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
  /** Longest time of one statement, in milliseconds; default 2 s; 0 for migrations: no limit. */
  statementTimeoutMs?: number;
  /**
   * `url` is that of a pooler in transaction mode, which accepts no settings of a session: the role's own settings apply,
   * which the migrations set (`limitRole`).
   */
  isPooled?: boolean;
}

/** Longest time of one statement of a service, in milliseconds. */
const defaultStatementTimeoutMs = 2_000;
const idleInTransactionTimeoutMs = 10_000;

/** Also the longest wait for a connection of the pool when all are in use. */
const connectTimeoutMs = 3_000;
/** An answer that is this much later than a statement may take does not come any more. */
const silenceMarginMs = 2_000;

const int8 = 20;
// Every bigint column is checked to stay within 2^53-1, so that numbers hold it exactly.
types.setTypeParser(int8, Number);

/**
 * A TypeORM data source with the pool limits and timeouts that every service has. Connect it with `connectPatiently`. A statement
 * never waits without end: 3 s at most for a connection, then `statementTimeoutMs`, then the connection is given up.
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
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    poolSize,
    connectTimeoutMS: connectTimeoutMs,
    extra: {
      ...(isPooled ? {} : sessionLimits(statementTimeoutMs)),
      keepAlive: true,
      onConnect: (client: PoolClient) => {
        if (statementTimeoutMs > 0) endSilentConnection(client, statementTimeoutMs + silenceMarginMs);
      },
    },
  });
}

/** Startup parameters of a connection. pg does not send a `statement_timeout` of 0, which must override the role's setting. */
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
