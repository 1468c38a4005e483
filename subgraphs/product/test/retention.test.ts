import { randomUUID } from 'node:crypto';
import { createLogger } from '@shop/kit/logger';
import { startRetention } from '@shop/kit/retention';
import { eventually } from '@shop/testkit/eventually';
import { loadProductSettings } from '../src/config';
import { retention } from '../src/retention';
import { addProduct } from './support/catalogue-operations';
import { type ProductService, startProductService } from './support/product-service';
import { reservationsOf } from './support/reservation-operations';

const logger = createLogger({ service: 'test' });
logger.silent = true;

describe('Retention of the product subgraph', () => {
  let service: ProductService;

  beforeAll(async () => {
    service = await startProductService();
  });
  afterAll(() => service.stop());

  const settings = { IDEMPOTENCY_RETENTION_HOURS: 24, REFUSED_RESERVATION_RETENTION_DAYS: 7 };

  /** Applies the rules until `isDone` holds. */
  async function deleteUntil(isDone: () => Promise<void>): Promise<void> {
    const { dataSource } = service;
    const running = startRetention({
      ...{ dataSource, logger, intervalMs: 20 },
      rules: retention.rules(settings),
    });
    await eventually(isDone);
    await running.stop();
  }

  it('deletes refused reservations after their days, and none that held something or that is younger', async () => {
    const orders = reservationsOf(service);
    const { id: productId } = await addProduct(service, { stock: 10 });
    const [refused, recent, released, committed] = Array.from({ length: 4 }, () => randomUUID()) as [
      string,
      string,
      string,
      string,
    ];
    for (const orderId of [released, committed]) await orders.reserve(orderId, [{ productId, quantity: 1 }]);
    for (const orderId of [refused, recent, released]) await orders.release(orderId);
    await orders.commit(committed);
    const age = (days: number, orderIds: string[]) =>
      service.dataSource.query(
        `UPDATE reservations SET created_at = created_at - $1 * interval '1 day',
                updated_at = updated_at - $1 * interval '1 day' WHERE order_id = ANY ($2)`,
        [days, orderIds],
      );
    await age(8, [refused, released, committed]);
    await age(6, [recent]);

    await deleteUntil(async () => expect(await orders.statusOf(refused)).toBeUndefined());

    expect(await Promise.all([recent, released, committed].map((id) => orders.statusOf(id)))).toEqual([
      'RELEASED',
      'RELEASED',
      'COMMITTED',
    ]);
    expect((await orders.reserve(recent, [{ productId, quantity: 1 }])).__typename).toBe('ReservationClosed');
    expect(await service.stockMismatches()).toEqual([]);
  });

  it('deletes idempotency keys after their hours', async () => {
    const insert = (key: string, hours: number) =>
      service.dataSource.query(
        `INSERT INTO idempotency_keys (user_id, key, request_hash, answer, created_at)
         VALUES ('admin', $1, '', '{}', now() - $2 * interval '1 hour')`,
        [key, hours],
      );
    await insert('old', 25);
    await insert('recent', 23);
    const keys = () => service.dataSource.query<{ key: string }[]>('SELECT key FROM idempotency_keys');
    await deleteUntil(async () => expect(await keys()).toEqual([{ key: 'recent' }]));
  });

  it('finds refused reservations by their index', async () => {
    const [plan] = await service.dataSource.transaction(async (transaction) => {
      await transaction.query('SET LOCAL enable_seqscan = off');
      return transaction.query<{ 'QUERY PLAN': object }[]>(
        `EXPLAIN (FORMAT JSON) SELECT ctid FROM reservations
          WHERE created_at < now() AND (${retention.rules(settings)[1]?.where}) ORDER BY created_at LIMIT 1000`,
      );
    });
    expect(JSON.stringify(plan)).toContain('reservations_refused');
  });
});

describe('Settings of the retention', () => {
  const load = (env: NodeJS.ProcessEnv) => () => {
    loadProductSettings({ DATABASE_URL: 'postgres://localhost/products', ...env });
  };

  it.each([
    [{ IDEMPOTENCY_RETENTION_HOURS: '23' }, /at least 24 hours, because clients repeat a request/],
    [
      { REFUSED_RESERVATION_RETENTION_DAYS: '6' },
      /at least 7 days, because a reserve that was delayed longer/,
    ],
  ])('rejects %j and says why', (env, message) => {
    expect(load(env)).toThrow(message);
  });
});
