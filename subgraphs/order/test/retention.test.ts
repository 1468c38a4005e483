import { randomUUID } from 'node:crypto';
import { createLogger } from '@shop/kit/logger';
import { startRetention } from '@shop/kit/retention';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import type { DataSource } from 'typeorm';
import { connect } from '../src/data-source';
import { retention } from '../src/retention';

const logger = createLogger({ service: 'test' });
logger.silent = true;

describe('Retention of the order subgraph', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await cloneDatabase('order');
    dataSource = await connect({ DATABASE_URL: database.url, DATABASE_POOL_SIZE: 4 });
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const settings = { IDEMPOTENCY_RETENTION_HOURS: 24, INBOX_RETENTION_DAYS: 8 };

  /** Applies the rules until `isDone` is true. */
  async function deleteUntil(isDone: () => Promise<void>): Promise<void> {
    const rules = retention.rules(settings);
    const running = startRetention({ dataSource, logger, rules, intervalMs: 20 });
    await eventually(isDone);
    await running.stop();
  }

  it('deletes idempotency keys with an outcome after their retention time, and others after a week', async () => {
    const insert = (key: string, kind: string | undefined, hours: number) =>
      dataSource.query(
        `INSERT INTO idempotency_keys (user_id, key, operation, request_hash, order_id, attempt, outcome, created_at)
         VALUES ($1, $2, 'payOrder', '', $3, 1, $4, now() - $5 * interval '1 hour')`,
        [randomUUID(), key, randomUUID(), kind ? JSON.stringify({ kind }) : null, hours],
      );
    await insert('decided, old', 'PAID', 25);
    await insert('decided, recent', 'PAID', 23);
    await insert('undecided', 'UNDECIDED', 6 * 24);
    await insert('without an outcome', undefined, 6 * 24);
    await insert('undecided, abandoned', 'UNDECIDED', 8 * 24);
    await insert('without an outcome, abandoned', undefined, 8 * 24);
    const keys = async () =>
      (await dataSource.query<{ key: string }[]>('SELECT key FROM idempotency_keys')).map(({ key }) => key);

    const kept = ['decided, recent', 'undecided', 'without an outcome'];
    await deleteUntil(async () => expect((await keys()).sort()).toEqual(kept));
  });

  it('deletes IDs of consumed events after their retention time', async () => {
    const [old, recent] = [randomUUID(), randomUUID()];
    const insert = (eventId: string, days: number) =>
      dataSource.query(`INSERT INTO inbox VALUES ('order', $1, now() - $2 * interval '1 day')`, [
        eventId,
        days,
      ]);
    await insert(old, 9);
    await insert(recent, 7);
    const events = () => dataSource.query<{ event_id: string }[]>('SELECT event_id FROM inbox');
    await deleteUntil(async () => expect(await events()).toEqual([{ event_id: recent }]));
  });

  it.each([
    [0, 'idempotency_keys_created_at'],
    [1, 'inbox_received_at'],
  ])('finds the rows of rule %i with the index %s', async (index, name) => {
    const { table, ageColumn, where = 'true' } = retention.rules(settings)[index]!;
    const plan = await dataSource.transaction(async (transaction) => {
      await transaction.query('SET LOCAL enable_seqscan = off');
      return transaction.query<unknown[]>(
        `EXPLAIN SELECT ctid FROM ${table} WHERE ${ageColumn} < now() AND (${where}) ORDER BY ${ageColumn} LIMIT 1000`,
      );
    });
    expect(JSON.stringify(plan)).toContain(name);
  });

  it('rejects settings below the minimum', () => {
    expect(retention.environment.IDEMPOTENCY_RETENTION_HOURS.safeParse('23').success).toBe(false);
    expect(retention.environment.INBOX_RETENTION_DAYS.safeParse('7').error?.issues[0]?.message).toMatch(
      'at least 8 days, because the broker keeps events for 7 days',
    );
  });
});
