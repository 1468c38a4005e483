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
  /** Longest time of one statement, in milliseconds; migrations run without it. */
  statementTimeoutMs?: number;
}

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
  const { url, service, poolSize = 10, statementTimeoutMs = 2_000 } = options;
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
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
      onConnect: (client: PoolClient) => {
        if (statementTimeoutMs > 0) endSilentConnection(client, statementTimeoutMs + silenceMarginMs);
      },
    },
  });
}
