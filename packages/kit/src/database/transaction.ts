import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { reachCrashPoint } from '../crash-points';
import { isSqlError, sqlErrorOf } from './sql-error';

/** Passed to repository methods that run in a transaction. */
export type Transaction = EntityManager;

const deadlockDetected = '40P01';
const serializationFailure = '40001';
const maximumTries = 3;

/**
 * Runs `work` in one READ COMMITTED transaction; commits when it returns, rolls back when it
 * throws. A deadlock or a serialization failure is retried, so `work` must have no effects outside
 * the transaction.
 */
export function inTransaction<T>(
  dataSource: DataSource,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  return retryConflicts(() => runOnce(dataSource, work));
}

/** Repeats `work` after a deadlock or a serialization failure: PostgreSQL has rolled it back. */
export async function retryConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === maximumTries || !isRetryable(error)) throw error;
      await pause(Math.random() * 20 * attempt);
    }
  }
}

const stepOf = new WeakMap<Transaction, string>();

/**
 * Names the step of a saga that the transaction commits, for example `order.payment_started`. Tests
 * can kill the process before and after that commit.
 */
export function nameStep(transaction: Transaction, step: string): void {
  stepOf.set(transaction, step);
}

async function runOnce<T>(
  dataSource: DataSource,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  let step: string | undefined;
  // PostgreSQL's default is READ COMMITTED; setting it would cost a round trip.
  const result = await dataSource.transaction(async (transaction) => {
    const value = await work(transaction);
    step = stepOf.get(transaction);
    if (step) reachCrashPoint(`${step}.before-commit`);
    return value;
  });
  if (step) reachCrashPoint(`${step}.after-commit`);
  return result;
}

function isRetryable(error: unknown): boolean {
  const { code } = sqlErrorOf(error);
  return isSqlError(error) && (code === deadlockDetected || code === serializationFailure);
}
