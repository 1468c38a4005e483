import type { DataSource } from 'typeorm';

/** For readiness. @throws Error when the database does not answer */
export async function pingDatabase(dataSource: DataSource): Promise<void> {
  await dataSource.query('/* pingDatabase */ SELECT 1');
}
