import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { isConnectionLost } from './lost-connection';

const patienceMs = 30_000;
const pauseMs = 500;

/**
 * Connects a data source; while the database is away, tries again for half a minute: a service that starts together with its
 * database, or during its restart, is then there as soon as the database is, instead of after its supervisor's next pause.
 *
 * @throws the last error, at once when it is not about the connection
 */
export async function connectPatiently(dataSource: DataSource): Promise<DataSource> {
  for (const deadline = performance.now() + patienceMs; ;) {
    try {
      return await dataSource.initialize();
    } catch (error) {
      if (!isConnectionLost(error) || performance.now() > deadline) throw error;
    }
    await pause(pauseMs);
  }
}
