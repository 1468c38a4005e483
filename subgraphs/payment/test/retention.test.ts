import { createLogger } from '@shop/kit/logger';
import { startRetention } from '@shop/kit/retention';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import type { DataSource } from 'typeorm';
import { connect } from '../src/data-source';
import { retention } from '../src/retention';

const logger = createLogger({ service: 'test' });
logger.silent = true;

describe('Retention of the payment subgraph', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await cloneDatabase('payment');
    dataSource = await connect({ DATABASE_URL: database.url, DATABASE_POOL_SIZE: 4 });
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  /** Applies the rules until `isDone` is true. */
  async function deleteUntil(isDone: () => Promise<void>): Promise<void> {
    const rules = retention.rules({ WEBHOOK_RETENTION_DAYS: 4 });
    const running = startRetention({ dataSource, logger, rules, intervalMs: 20 });
    await eventually(isDone);
    await running.stop();
  }

  it('deletes processed webhooks after their retention time, and keeps unprocessed ones', async () => {
    const insert = (id: string, days: number, isProcessed: boolean) =>
      dataSource.query(
        `INSERT INTO webhooks (provider, id, type, body, occurred_at, received_at, outcome, processed_at, due_at)
         SELECT 'stripe', $1, 'charge.succeeded', '', at, at, CASE WHEN $3 THEN 'inquired' END,
                CASE WHEN $3 THEN at END, CASE WHEN NOT $3 THEN at END
           FROM (SELECT now() - $2 * interval '1 day' AS at) AS received`,
        [id, days, isProcessed],
      );
    await insert('old', 5, true);
    await insert('recent', 3, true);
    await insert('unprocessed', 5, false);
    const ids = async () =>
      (await dataSource.query<{ id: string }[]>('SELECT id FROM webhooks ORDER BY id')).map(({ id }) => id);
    await deleteUntil(async () => expect(await ids()).toEqual(['recent', 'unprocessed']));
  });

  it("deletes the simulator's finished webhooks, and keeps unsent ones", async () => {
    const insert = (id: string, days: number, isDue: boolean) =>
      dataSource.query(
        `INSERT INTO simulator.notices (notice_id, type, created, key, order_id, created_at, due_at)
         VALUES ($1, 'charge.succeeded', 0, 'key', uuidv7(), now() - $2::int * interval '1 day',
                 CASE WHEN $3::boolean THEN now() + interval '1 hour' END)`,
        [id, days, isDue],
      );
    await insert('old', 5, false);
    await insert('recent', 3, false);
    await insert('unsent', 9, true);
    const ids = async () =>
      (
        await dataSource.query<{ id: string }[]>(
          'SELECT notice_id AS id FROM simulator.notices ORDER BY notice_id',
        )
      ).map(({ id }) => id);
    await deleteUntil(async () => expect(await ids()).toEqual(['recent', 'unsent']));
  });

  it('rejects a setting below the minimum', () => {
    expect(retention.environment.WEBHOOK_RETENTION_DAYS.safeParse('3').error?.issues[0]?.message).toMatch(
      'at least 4 days, because Stripe repeats a webhook for 3 days',
    );
  });
});
