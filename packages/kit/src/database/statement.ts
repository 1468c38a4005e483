import type { Pool, PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { reachCrashPoint } from '../crash-points';
import { retryConflicts, type Transaction } from './transaction';

/** A named statement: PostgreSQL parses and plans it once per connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** PostgreSQL cuts longer names, and two that are cut alike would be one. */
const longestName = 63;

/**
 * @param name unique in the process, for example `OrderRepository.move`; put in front of the text as a comment
 * @throws Error for a name of more than 63 characters
 */
export function statement(name: string, text: string): Statement {
  if (name.length > longestName)
    throw new Error(
      `The statement name ${name} has ${name.length} characters; at most ${longestName} are allowed.`,
    );
  return { name, text: `/* ${name} */ ${text.trim()}` };
}

/**
 * Runs a statement in the transaction, or on a connection of the pool and committed by itself.
 *
 * @returns the rows; a statement that changes rows needs RETURNING to say which
 * @throws pg's DatabaseError, or an error for which `isConnectionLost` is true
 */
export async function query<Row>(
  where: DataSource | Transaction,
  { name, text }: Statement,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const executor = await executorOf(where);
  const { rows } = await executor.query({ name, text, values: [...values] });
  return rows as Row[];
}

/**
 * Runs a statement that is one step of a saga, committed by itself. Tests can end the process before it and after it. A
 * deadlock or a serialization failure is retried.
 *
 * @param step for example `order.payment_started`
 * @param checkBefore runs when the wait for a connection is over; if it throws, the statement is not sent
 */
export async function commitStep<Row>(
  dataSource: DataSource,
  step: string,
  statement: Statement,
  values?: readonly unknown[],
  checkBefore?: () => void,
): Promise<Row[]> {
  reachCrashPoint(`${step}.before-commit`);
  const rows = await retryConflicts(() =>
    checkBefore
      ? queryAfter<Row>(checkBefore, dataSource, statement, values)
      : query<Row>(dataSource, statement, values),
  );
  reachCrashPoint(`${step}.after-commit`);
  return rows;
}

async function queryAfter<Row>(
  check: () => void,
  dataSource: DataSource,
  { name, text }: Statement,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const connection = await poolOf(dataSource).connect();
  try {
    check();
    return (await connection.query({ name, text, values: [...values] })).rows as Row[];
  } finally {
    connection.release();
  }
}

function executorOf(where: DataSource | Transaction): Pool | Promise<PoolClient> {
  if (where instanceof DataSource) return poolOf(where);
  const { queryRunner } = where;
  return queryRunner ? (queryRunner.connect() as Promise<PoolClient>) : poolOf(where.connection);
}

function poolOf({ driver }: DataSource): Pool {
  return (driver as unknown as { master: Pool }).master;
}
