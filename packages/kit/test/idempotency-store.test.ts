import { createDataSource, inTransaction } from '@shop/kit/database';
import { IdempotencyStore, keyTable, requestHash, type StoredKey } from '@shop/kit/idempotency';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import type { DataSource } from 'typeorm';

const table = keyTable<StoredKey>({ result: 'answer' });

let database: TestDatabase;
let dataSource: DataSource;
let store: IdempotencyStore<StoredKey>;
beforeAll(async () => {
  database = await cloneDatabase('product');
  dataSource = await createDataSource({ url: database.url, service: 'test' }).initialize();
  store = new IdempotencyStore(dataSource, table);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const hash = requestHash('buy', { units: 1 });
const claimOf = (key: string, userId = 'user') => ({ userId, key, requestHash: hash, result: null });

describe('An idempotency key', () => {
  it('is claimed once by concurrent requests, separately for each user', async () => {
    const claims = await Promise.all(Array.from({ length: 20 }, () => store.claim(claimOf('once'))));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await store.claim(claimOf('once', 'another user'))).toBe(true);
  });

  it('that was claimed in a transaction that is rolled back can be claimed again', async () => {
    const failed = inTransaction(dataSource, async (transaction) => {
      await new IdempotencyStore(transaction, table).claim(claimOf('rolled back'));
      throw new Error('no effect');
    });
    await expect(failed).rejects.toThrow('no effect');
    expect(await store.claim(claimOf('rolled back'))).toBe(true);
  });

  it('returns the stored result to a repeat, and a conflict to a different request', async () => {
    const claim = claimOf('answered');
    await store.claim(claim);
    await store.saveResult(claim, { units: 1 });
    expect(await store.replay(await store.find(claim), hash)).toMatchObject({ result: { units: 1 } });
    expect(await store.replay(await store.find(claim), requestHash('buy', { units: 2 }))).toBeNull();
  });

  it('lets a repeat wait for the result while the first request is in progress', async () => {
    const claim = claimOf('in progress');
    await store.claim(claim);
    const repeat = store.replay(await store.find(claim), hash);
    await store.saveResult(claim, { units: 2 });
    expect(await repeat).toMatchObject({ result: { units: 2 } });
  });

  it('without a result after the wait returns idempotency_in_progress', async () => {
    await store.claim(claimOf('stuck'));
    const repeat = store.replay(await store.find(claimOf('stuck')), hash);
    await expect(repeat).rejects.toMatchObject({ code: 'idempotency_in_progress' });
  });

  it('that was released returns upstream_unavailable: the request had no effect', async () => {
    await store.claim(claimOf('freed'));
    const repeat = store.replay(await store.find(claimOf('freed')), hash);
    await dataSource.query(`DELETE FROM idempotency_keys WHERE key = 'freed'`);
    await expect(repeat).rejects.toMatchObject({ code: 'upstream_unavailable' });
    await expect(store.replay(null, hash)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });
});
