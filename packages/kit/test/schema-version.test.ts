import { PassThrough } from 'node:stream';
import { createDataSource, runMigrations, waitForMigrations } from '@shop/kit/database';
import { createLogger } from '@shop/kit/logger';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import winston from 'winston';

class First1900000000001 implements MigrationInterface {
  up = (runner: QueryRunner) => runner.query('CREATE TABLE first (a int)') as Promise<void>;
  down = () => Promise.resolve();
}

class Second1900000000002 implements MigrationInterface {
  up = (runner: QueryRunner) => runner.query('CREATE TABLE second (a int)') as Promise<void>;
  down = () => Promise.resolve();
}

let database: TestDatabase;
let dataSource: DataSource;
let log: string;
const logger = createLogger({ service: 'test' });

async function connect(migrations: (new () => MigrationInterface)[]): Promise<void> {
  dataSource = await createDataSource({ service: 'test', url: database.url, migrations }).initialize();
}

const migrate = (...migrations: (new () => MigrationInterface)[]) =>
  runMigrations({ service: 'test', url: database.url, migrations });

beforeEach(async () => {
  database = await cloneDatabase('user');
  await createDataSource({ service: 'test', url: database.url })
    .initialize()
    .then(async (empty) => {
      await empty.query('DROP TABLE schema_migrations');
      await empty.destroy();
    });
  log = '';
  const stream = new PassThrough().on('data', (text) => (log += String(text)));
  logger.clear().add(new winston.transports.Stream({ stream }));
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

describe('waitForMigrations', () => {
  it('waits on an older schema, and continues after the migrations are applied', async () => {
    await migrate(First1900000000001);
    await connect([First1900000000001, Second1900000000002]);
    let isDone = false;
    const waiting = waitForMigrations(dataSource, logger).then(() => (isDone = true));
    await eventually(() => expect(log).toContain('"pending":["Second1900000000002"]'));
    expect(isDone).toBe(false);
    await migrate(First1900000000001, Second1900000000002);
    await waiting;
  });

  it.each([
    ['a database without migrations', []],
    ['an older schema', [First1900000000001]],
  ])('on %s fails after the time limit with the remedy', async (_what, applied) => {
    if (applied.length > 0) await migrate(...applied);
    await connect([First1900000000001, Second1900000000002]);
    await expect(waitForMigrations(dataSource, logger, 0)).rejects.toThrow(
      `${2 - applied.length} migrations are pending, the first is ${applied.length === 0 ? 'First1900000000001' : 'Second1900000000002'}. Run \`npm run migrate\``,
    );
  });

  it('accepts the schema of a newer release, because a rollback needs it', async () => {
    await migrate(First1900000000001, Second1900000000002);
    await connect([First1900000000001]);
    await waitForMigrations(dataSource, logger, 0);
    expect(log).toContain('"unknown":["Second1900000000002"]');
  });
});
