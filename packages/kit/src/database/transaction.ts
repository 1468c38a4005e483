import { setTimeout as pause } from 'node:timers/promises';
import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm';

/** What repositories take to be part of a transaction. */
export type Transaction = EntityManager;

const deadlockDetected = '40P01';
const serializationFailure = '40001';
const maximumTries = 3;

/**
 * Runs `work` in one READ COMMITTED transaction; commits when it returns, rolls back when it throws. A deadlock or a
 * serialization failure is tried again, so `work` must not touch anything but the transaction.
 */
export async function inTransaction<T>(
  dataSource: DataSource,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // PostgreSQL's default is READ COMMITTED; to name it would cost a round trip.
      return await dataSource.transaction(work);
    } catch (error) {
      if (attempt === maximumTries || !isRetryable(error)) throw error;
      await pause(Math.random() * 20 * attempt);
    }
  }
}

function isRetryable(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code } = error.driverError as { code?: string };
  return code === deadlockDetected || code === serializationFailure;
}
