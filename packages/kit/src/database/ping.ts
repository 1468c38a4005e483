import type { DataSource } from 'typeorm';

/** For readiness. @throws Error if the database does not respond */
export async function pingDatabase(dataSource: DataSource): Promise<void> {
  await dataSource.query('/* pingDatabase */ SELECT 1');
}
