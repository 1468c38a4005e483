import { connectionOf, createDataSource, runMigrations, sessionOf } from '@shop/kit/database';
import { cloneDatabase } from '@shop/testkit/database';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';

interface Limit {
  value: string;
  source: string;
}

const limitsOf = (dataSource: DataSource) =>
  dataSource.query<Limit[]>(
    `SELECT setting AS value, source FROM pg_settings
      WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout') ORDER BY name`,
  );

test('A connection through a pooler sends no limits and has those that the migrations set on the role', async () => {
  const database = await cloneDatabase('order');
  const settings = { DATABASE_URL: database.url, DATABASE_SESSION_URL: database.url };
  await runMigrations({ service: 'test', ...sessionOf(settings) });

  const pooled = await createDataSource({ service: 'test', ...connectionOf(settings) }).initialize();
  expect(await limitsOf(pooled)).toEqual([
    { value: '10000', source: 'database user' },
    { value: '2000', source: 'database user' },
  ]);
  await pooled.destroy();

  const direct = createDataSource({ service: 'test', url: database.url, statementTimeoutMs: 0 });
  await direct.initialize();
  expect(await limitsOf(direct)).toEqual([
    { value: '10000', source: 'client' },
    { value: '0', source: 'client' },
  ]);
  await direct.destroy();
  await database.drop();
});

let migrationLimit: string | undefined;

class ReadLimit1900000000000 implements MigrationInterface {
  readonly name = 'ReadLimit1900000000000';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const [row] = (await runner.query('SHOW statement_timeout')) as [{ statement_timeout: string }];
    migrationLimit = row.statement_timeout;
  }

  down = () => Promise.resolve();
}

test('A migration without a transaction has no time limit after an earlier one has limited the role', async () => {
  const database = await cloneDatabase('order');
  const settings = { DATABASE_URL: database.url, DATABASE_SESSION_URL: database.url };
  await runMigrations({ service: 'test', ...sessionOf(settings) });
  await runMigrations({ service: 'test', ...sessionOf(settings), migrations: [ReadLimit1900000000000] });
  expect(migrationLimit).toBe('0');
  await database.drop();
});
