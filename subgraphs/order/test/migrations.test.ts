import { createDataSource, runMigrations } from '@shop/kit/database';
import { cloneDatabase, failingAt, type TestDatabase } from '@shop/testkit/database';
import type { DataSource, MigrationInterface } from 'typeorm';
import { orderDatabase } from '../src/data-source';
import { IndexOpenOrders1795430000000 } from '../src/migrations/1795430000000-index-open-orders';
import { ReadOrdersByIndex1795700000000 } from '../src/migrations/1795700000000-read-orders-by-index';

let database: TestDatabase;
let dataSource: DataSource;
beforeEach(async () => {
  database = await cloneDatabase('order');
  const options = { url: database.url, service: 'test', statementTimeoutMs: 0 };
  dataSource = await createDataSource(options).initialize();
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

const indexes = () =>
  dataSource.query<{ oid: number; name: string; valid: boolean }[]>(
    `SELECT indexrelid::oid AS oid, indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index
      WHERE indrelid = 'orders'::regclass ORDER BY name`,
  );
const namesOf = async () => (await indexes()).map(({ name, valid }) => ({ name, valid }));

describe('The migrations of the order database', () => {
  it('both end when two processes migrate an empty database at the same time, and each migration runs once', async () => {
    await dataSource.query(
      'DROP SCHEMA public CASCADE; DROP SCHEMA graphile_worker CASCADE; CREATE SCHEMA public',
    );
    const migrate = () => runMigrations({ ...orderDatabase, url: database.url, jobs: true });
    const ran = await Promise.all([migrate(), migrate()]);
    expect(ran.flat()).toEqual(orderDatabase.migrations.map(({ name }) => name));
  });

  it.each<[string, new () => MigrationInterface]>([
    ['orders_open_of_customer', IndexOpenOrders1795430000000],
    ['indexes of the lists', ReadOrdersByIndex1795700000000],
  ])('of the %s can run again after a failure at any statement', async (_what, Migration) => {
    const runner = dataSource.createQueryRunner();
    const wanted = await namesOf();
    try {
      for (let failure = 0, failed = true; failed; failure += 1) {
        await new Migration().down(runner);
        failed = await new Migration().up(failingAt(runner, failure)).then(
          () => false,
          () => true,
        );
        const kept = (await indexes()).filter(({ name, valid }) => {
          return valid && wanted.some((index) => index.name === name);
        });
        await new Migration().up(runner);
        expect(await namesOf()).toEqual(wanted);
        expect(await indexes()).toEqual(expect.arrayContaining(kept));
      }
    } finally {
      await runner.release();
    }
  });
});
