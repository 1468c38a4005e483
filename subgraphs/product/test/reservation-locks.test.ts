import { randomUUID } from 'node:crypto';
import { createOutbox } from '@shop/events/outbox';
import { inTransaction, type Transaction } from '@shop/kit/database';
import type { Viewer } from '@shop/kit/auth';
import { runWithRequestContext } from '@shop/kit/request-context';
import { eventually } from '@shop/testkit/eventually';
import { createServices } from '../src/services';
import { ReservationRepository } from '../src/stock/reservation.repository';
import { ReservationService } from '../src/stock/reservation.service';
import { addProduct, readProduct } from './support/catalogue-operations';
import { type ProductService, startProductService } from './support/product-service';
import { reservationsOf } from './support/reservation-operations';

describe('A reservation that waits for another transaction', () => {
  let service: ProductService;
  let orders: ReturnType<typeof reservationsOf>;

  beforeAll(async () => {
    service = await startProductService();
    orders = reservationsOf(service);
  });
  afterEach(async () => {
    expect(await service.stockMismatches()).toEqual([]);
  });
  afterAll(() => service.stop());

  const stockOf = async (id: string) => (await readProduct(service, id))?.stock;

  /** Calls `statement` in a transaction that stays open until `request` waits for it. */
  async function whileOpen<T>(
    statement: (transaction: Transaction) => Promise<unknown>,
    request: () => Promise<T>,
  ): Promise<T> {
    const answer = await inTransaction(service.dataSource, async (transaction) => {
      await statement(transaction);
      const sent = request();
      await eventually(async () => expect(await waitingForLocks()).toBeGreaterThan(0));
      return { sent };
    });
    return answer.sent;
  }

  async function waitingForLocks(): Promise<number> {
    const [row] = await service.dataSource.query<[{ count: number }]>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return row.count;
  }

  const take = (productId: string, units: number) => (transaction: Transaction) =>
    transaction.query(
      `WITH taken AS (UPDATE products SET stock = stock - $2 WHERE id = $1)
       INSERT INTO stock_ledger (product_id, delta, reason, actor) VALUES ($1, -$2::int, 'Test', 'test')`,
      [productId, units],
    );

  const reserveInSql = (orderId: string, productId: string, quantity: number) => (transaction: Transaction) =>
    transaction.query(`SELECT reserve_stock($1, $2, $3, '[]')`, [orderId, [productId], [quantity]]);

  it('is rejected with the stock that is available then, and stores nothing', async () => {
    const [first, second] = [
      await addProduct(service, { stock: 5 }),
      await addProduct(service, { stock: 5 }),
    ];
    const orderId = randomUUID();
    const lines = [first, second].map(({ id: productId }) => ({ productId, quantity: 3 }));
    const outcome = await whileOpen(take(second.id, 4), () => orders.reserve(orderId, lines));
    expect(outcome).toEqual({
      __typename: 'StockShort',
      short: [{ productId: second.id, requested: 3, available: 1 }],
    });
    expect([await stockOf(first.id), await stockOf(second.id)]).toEqual([5, 1]);
    expect(await orders.statusOf(orderId)).toBeUndefined();
  });

  it('reserves when there is still enough', async () => {
    const { id: productId } = await addProduct(service, { stock: 5 });
    const outcome = await whileOpen(take(productId, 2), () =>
      orders.reserve(randomUUID(), [{ productId, quantity: 3 }]),
    );
    expect(outcome.__typename).toBe('StockReserved');
    expect(await stockOf(productId)).toBe(0);
  });

  it('returns the result of the reservation of the same order that it waited for, also if that took the last units', async () => {
    const { id: productId } = await addProduct(service, { stock: 3 });
    const orderId = randomUUID();
    const outcome = await whileOpen(reserveInSql(orderId, productId, 3), () =>
      orders.reserve(orderId, [{ productId, quantity: 3 }]),
    );
    expect(outcome.held).toMatchObject([{ productId, quantity: 3 }]);
    expect(await stockOf(productId)).toBe(0);
    expect(await orders.reserve(orderId, [{ productId, quantity: 3 }])).toEqual(outcome);
  });

  it('is closed if it waited for the release of its order', async () => {
    const { id: productId } = await addProduct(service, { stock: 3 });
    const orderId = randomUUID();
    const outcome = await whileOpen(
      (transaction) => transaction.query('SELECT release_stock($1)', [orderId]),
      () => orders.reserve(orderId, [{ productId, quantity: 3 }]),
    );
    expect(outcome).toEqual({ __typename: 'ReservationClosed', orderId });
    expect(await stockOf(productId)).toBe(3);
  });

  it('is released with its units by a release that waited for it', async () => {
    const { id: productId } = await addProduct(service, { stock: 3 });
    const orderId = randomUUID();
    await whileOpen(reserveInSql(orderId, productId, 2), () => orders.release(orderId));
    expect(await stockOf(productId)).toBe(3);
    expect(await orders.statusOf(orderId)).toBe('RELEASED');
  });

  it('is committed by a commit that waited for another commit', async () => {
    const { id: productId } = await addProduct(service, { stock: 3 });
    const orderId = randomUUID();
    await orders.reserve(orderId, [{ productId, quantity: 2 }]);
    const answer = await whileOpen(
      (transaction) =>
        transaction.query(`UPDATE reservations SET status = 'COMMITTED' WHERE order_id = $1`, [orderId]),
      () => orders.commit(orderId),
    );
    expect(answer).toBe(true);
  });

  it('is not made for a caller who gave up while no connection was free', async () => {
    const { id: productId } = await addProduct(service, { stock: 3 });
    const orderId = randomUUID();
    const late = { requestId: 'late', deadlineMs: performance.now() - 1 };
    const reserved = runWithRequestContext(late, () =>
      reservationService().reserve(orderId, [{ productId, quantity: 1 }]),
    );
    await expect(reserved).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(await orders.statusOf(orderId)).toBeUndefined();
  });

  const outboxTo = (subscribers: string[], wake: () => void = () => undefined) =>
    createOutbox({ subscribersOf: () => subscribers }, wake);
  const reservationService = (outbox = outboxTo(['order', 'user'])) =>
    new ReservationService(new ReservationRepository(service.dataSource), outbox);

  describe('product.stock_depleted', () => {
    const deliveries = () =>
      service.dataSource.query<{ subscriber: string; event: { type: string; data: unknown } }[]>(
        'WITH deleted AS (DELETE FROM event_deliveries RETURNING *) SELECT subscriber, event FROM deleted',
      );

    it('is stored for each subscriber and each product whose stock becomes 0, and for no other', async () => {
      const [depleted, alsoDepleted, left] = await Promise.all(
        [2, 3, 9].map((stock) => addProduct(service, { stock })),
      );
      const lines = [depleted!, left!, alsoDepleted!].map(({ id: productId, stock }) => ({
        productId,
        quantity: Math.min(stock, 3),
      }));
      await reservationService().reserve(randomUUID(), lines);
      const stored = await deliveries();
      const expected = [depleted!, alsoDepleted!].flatMap(({ id: productId, sku }) =>
        ['order', 'user'].map((subscriber) => ({ subscriber, productId, sku })),
      );
      expect(stored).toHaveLength(4);
      for (const { subscriber, productId, sku } of expected)
        expect(stored).toContainEqual({
          subscriber,
          event: expect.objectContaining({
            type: 'product.stock_depleted',
            subject: productId,
            data: { productId, sku },
          }) as unknown,
        });
      expect(await deliveries()).toEqual([]);
    });

    it('is not stored for a rejected or a repeated reservation', async () => {
      const { id: productId } = await addProduct(service, { stock: 2 });
      const orderId = randomUUID();
      await reservationService().reserve(orderId, [{ productId, quantity: 3 }]);
      expect(await deliveries()).toEqual([]);
      await reservationService().reserve(orderId, [{ productId, quantity: 2 }]);
      expect(await deliveries()).toHaveLength(2);
      await reservationService().reserve(orderId, [{ productId, quantity: 2 }]);
      expect(await deliveries()).toEqual([]);
    });

    it('is delivered immediately: the relay is woken when the stock and the event are committed', async () => {
      const { id: productId } = await addProduct(service, { stock: 1 });
      const stored = Promise.withResolvers<unknown[]>();
      const wake = () => stored.resolve(deliveries());
      await reservationService(outboxTo(['user'], wake)).reserve(randomUUID(), [{ productId, quantity: 1 }]);
      expect(await stored.promise).toHaveLength(1);
    });

    it('is neither built nor delivered if it has no subscriber', async () => {
      const { id: productId } = await addProduct(service, { stock: 1 });
      const built: unknown[] = [];
      const wake = jest.fn();
      const outbox = outboxTo([], wake);
      const deliveriesOf: typeof outbox.deliveriesOf = (events) => {
        built.push(...events);
        return outbox.deliveriesOf(events);
      };
      const reservations = reservationService({ ...outbox, deliveriesOf });
      await reservations.reserve(randomUUID(), [{ productId, quantity: 1 }]);
      expect([await stockOf(productId), built, wake.mock.calls]).toEqual([0, [], []]);
      expect(await deliveries()).toEqual([]);
    });
  });

  it('adjustStock wakes the relay after the commit of the event', async () => {
    const { id: productId } = await addProduct(service, { stock: 3 });
    const stored = Promise.withResolvers<unknown>();
    const wake = () =>
      stored.resolve(service.dataSource.query('DELETE FROM event_deliveries RETURNING subscriber'));
    const outbox = outboxTo(['user'], wake);
    const { stock } = createServices({ dataSource: service.dataSource, outbox });
    const admin = { kind: 'user', userId: randomUUID(), role: 'ADMIN' } as unknown as Viewer;
    await stock.adjust(admin, { productId, delta: -3, reason: 'Broken' });
    expect(await stored.promise).toEqual([[{ subscriber: 'user' }], 1]);
  });
});
