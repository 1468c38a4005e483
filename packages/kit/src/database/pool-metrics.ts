import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { gauge } from '../metrics';

/** The data sources of the services in this process. */
const measured = new Set<DataSource>();

gauge(
  {
    name: 'db_pool_connections',
    help: 'Connections of the pool in use and idle, and requests that wait for one.',
    labels: { state: ['in_use', 'idle', 'waiting'] },
    condition: 'the process has a database',
  },
  function () {
    const counts = { in_use: 0, idle: 0, waiting: 0 };
    for (const dataSource of measured) {
      if (!dataSource.isInitialized) {
        measured.delete(dataSource);
        continue;
      }
      const { totalCount, idleCount, waitingCount } = poolOf(dataSource);
      counts.in_use += totalCount - idleCount;
      counts.idle += idleCount;
      counts.waiting += waitingCount;
    }
    this.reset();
    if (measured.size === 0) return;
    for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
  },
);

/** Adds the pool of a connected data source to the metric, until it is destroyed. */
export function measurePool(dataSource: DataSource): void {
  measured.add(dataSource);
}

function poolOf({ driver }: DataSource): Pool {
  return (driver as unknown as { master: Pool }).master;
}
