import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { isConnectionLost } from './lost-connection';

const patienceMs = 30_000;
const pauseMs = 500;

/**
 * Connects a data source, and retries for 30 s while the database is unavailable. So a service that
 * starts together with its database is ready as soon as the database is, not after its supervisor's
 * next restart.
 *
 * @throws the last error; immediately if it is not a connection error
 */
export async function connectWithRetry(dataSource: DataSource): Promise<DataSource> {
  for (const deadline = performance.now() + patienceMs; ;) {
    try {
      return await dataSource.initialize();
    } catch (error) {
      if (!isConnectionLost(error) || performance.now() > deadline) throw error;
    }
    await pause(pauseMs);
  }
}
