import { randomUUID } from 'node:crypto';
import { addProduct, readProduct } from './support/catalogue-operations';
import { dataOf, errorCodeOf, type ProductService, startProductService } from './support/product-service';
import {
  commitAllMutation,
  commitMutation,
  releaseMutation,
  reservationsOf,
  reserveMutation,
} from './support/reservation-operations';
import { repositoryStatements } from '@shop/testkit/repository-statements';

describe('reservations', () => {
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
  const mugs = (stock: number) => addProduct(service, { stock });

  describe('reserveStock', () => {
    it('subtracts every line from the stock and returns the product data in the order of the lines', async () => {
      const cheap = await addProduct(service, { name: 'Cheap', priceCents: 100, stock: 5 });
      const dear = await addProduct(service, { name: 'Dear', priceCents: 10_000_000_000, stock: 5 });
      const lines = [
        { productId: dear.id, quantity: 2 },
        { productId: cheap.id, quantity: 5 },
      ];
      const outcome = await orders.reserve(randomUUID(), lines);
      const eur = (amountCents: number) => ({ amountCents, currency: 'EUR' });
      expect(outcome).toEqual({
        __typename: 'StockReserved',
        held: [
          { productId: dear.id, sku: dear.sku, name: 'Dear', quantity: 2, unitPrice: eur(10_000_000_000) },
          { productId: cheap.id, sku: cheap.sku, name: 'Cheap', quantity: 5, unitPrice: eur(100) },
        ],
      });
      expect([await stockOf(dear.id), await stockOf(cheap.id)]).toEqual([3, 0]);
    });

    it('does not change the version of the product', async () => {
      const before = await mugs(5);
      await orders.reserve(randomUUID(), [{ productId: before.id, quantity: 1 }]);
      expect((await readProduct(service, before.id))?.updatedAt).toBe(before.updatedAt);
    });

    it('holds once and returns the same result when called twice for one order', async () => {
      const { id: productId } = await mugs(10);
      const orderId = randomUUID();
      const first = await orders.reserve(orderId, [{ productId, quantity: 3 }]);
      await service.dataSource.query('UPDATE products SET price_cents = 99 WHERE id = $1', [productId]);
      expect(await orders.reserve(orderId, [{ productId, quantity: 3 }])).toEqual(first);
      await orders.commit(orderId);
      expect(await orders.reserve(orderId, [{ productId, quantity: 3 }])).toEqual(first);
      expect(await stockOf(productId)).toBe(7);
    });

    it('holds once when called concurrently for one order', async () => {
      const { id: productId } = await mugs(10);
      const orderId = randomUUID();
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, () => orders.reserve(orderId, [{ productId, quantity: 3 }])),
      );
      expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
      expect(await stockOf(productId)).toBe(7);
    });

    it('holds nothing if a line is short, returns each short line, and stores nothing', async () => {
      const [plenty, few, none] = [await mugs(10), await mugs(1), await mugs(0)];
      const orderId = randomUUID();
      const outcome = await orders.reserve(orderId, [
        { productId: none.id, quantity: 1 },
        { productId: plenty.id, quantity: 1 },
        { productId: few.id, quantity: 2 },
      ]);
      expect(outcome).toEqual({
        __typename: 'StockShort',
        short: [
          { productId: none.id, requested: 1, available: 0 },
          { productId: few.id, requested: 2, available: 1 },
        ],
      });
      expect([await stockOf(plenty.id), await stockOf(few.id)]).toEqual([10, 1]);
      expect(await orders.statusOf(orderId)).toBeUndefined();
      const second = await orders.reserve(orderId, [{ productId: plenty.id, quantity: 1 }]);
      expect(second.__typename).toBe('StockReserved');
    });

    it('returns unknown products, malformed IDs included', async () => {
      const { id: productId } = await mugs(10);
      const unknown = [randomUUID(), 'no-uuid'];
      const lines = [productId, ...unknown].map((id) => ({ productId: id, quantity: 1 }));
      expect(await orders.reserve(randomUUID(), lines)).toEqual({
        __typename: 'UnknownProducts',
        productIds: unknown,
      });
      expect(await stockOf(productId)).toBe(10);
    });

    it('rejects prices in more than one currency', async () => {
      const dollars = await addProduct(service, { currency: 'USD', stock: 1 });
      const euros = await mugs(1);
      const lines = [dollars, euros].map(({ id: productId }) => ({ productId, quantity: 1 }));
      expect(await orders.reserve(randomUUID(), lines)).toEqual({
        __typename: 'MixedCurrencies',
        currencies: ['EUR', 'USD'],
      });
    });

    it('adds up two lines of one product', async () => {
      const { id: productId } = await mugs(5);
      const twice = (quantity: number) => [
        { productId, quantity },
        { productId: productId.toUpperCase(), quantity },
      ];
      expect((await orders.reserve(randomUUID(), twice(3))).short).toEqual([
        { productId, requested: 6, available: 5 },
      ]);
      expect((await orders.reserve(randomUUID(), twice(2))).held).toMatchObject([{ productId, quantity: 4 }]);
    });

    it.each([
      ['no line', []],
      ['quantity 0', [{ productId: randomUUID(), quantity: 0 }]],
      ['quantity 1000', [{ productId: randomUUID(), quantity: 1_000 }]],
      ['101 lines', Array.from({ length: 101 }, () => ({ productId: randomUUID(), quantity: 1 }))],
    ])('refuses %s', async (_name, lines) => {
      const input = { orderId: randomUUID(), lines };
      const answer = await service.send(reserveMutation, { input }, { caller: 'order' });
      expect(errorCodeOf(answer)).toBe('BAD_USER_INPUT');
    });

    it('is one statement, however many lines there are', async () => {
      const products = await Promise.all(Array.from({ length: 20 }, () => mugs(5)));
      const lines = products.map(({ id: productId }) => ({ productId, quantity: 1 }));
      const one = await repositoryStatements(() => orders.reserve(randomUUID(), lines.slice(0, 1)));
      const twenty = await repositoryStatements(() => orders.reserve(randomUUID(), lines));
      expect([one, twenty]).toEqual([['ReservationRepository.reserve'], ['ReservationRepository.reserve']]);
    });
  });

  describe('releaseStock', () => {
    it('returns the units once, however often it is called', async () => {
      const { id: productId } = await mugs(10);
      const orderId = randomUUID();
      await orders.reserve(orderId, [{ productId, quantity: 4 }]);
      const answers = await Promise.all(Array.from({ length: 10 }, () => orders.release(orderId)));
      expect(new Set([...answers, await orders.release(orderId)])).toEqual(new Set([true]));
      expect(await stockOf(productId)).toBe(10);
      expect(await orders.statusOf(orderId)).toBe('RELEASED');
    });

    it('returns committed units', async () => {
      const [one, other] = [await mugs(10), await mugs(10)];
      const orderId = randomUUID();
      await orders.reserve(orderId, [
        { productId: one.id, quantity: 4 },
        { productId: other.id, quantity: 1 },
      ]);
      await orders.commit(orderId);
      expect(await orders.release(orderId)).toBe(true);
      expect([await stockOf(one.id), await stockOf(other.id)]).toEqual([10, 10]);
    });

    it('closes the order permanently: a later reservation holds nothing', async () => {
      const { id: productId } = await mugs(10);
      const [unknown, released] = [randomUUID(), randomUUID()];
      await orders.reserve(released, [{ productId, quantity: 1 }]);
      for (const orderId of [unknown, released]) {
        await orders.release(orderId);
        expect(await orders.reserve(orderId, [{ productId, quantity: 1 }])).toEqual({
          __typename: 'ReservationClosed',
          orderId,
        });
      }
      expect(await stockOf(productId)).toBe(10);
    });

    it('concurrent with the reserve leaves nothing held, whichever commits first', async () => {
      const { id: productId } = await mugs(10);
      const orderIds = Array.from({ length: 20 }, () => randomUUID());
      await Promise.all(
        orderIds.flatMap((orderId) => [
          orders.reserve(orderId, [{ productId, quantity: 1 }]),
          orders.release(orderId),
        ]),
      );
      expect(await stockOf(productId)).toBe(10);
    });
  });

  describe('commitStock', () => {
    it('commits a reservation permanently', async () => {
      const { id: productId } = await mugs(10);
      const orderId = randomUUID();
      await orders.reserve(orderId, [{ productId, quantity: 4 }]);
      expect([await orders.commit(orderId), await orders.commit(orderId)]).toEqual([true, true]);
      expect(await orders.statusOf(orderId)).toBe('COMMITTED');
      expect(await stockOf(productId)).toBe(6);
    });

    it('fails for an order that holds nothing', async () => {
      const released = randomUUID();
      await orders.release(released);
      for (const orderId of [randomUUID(), released]) {
        const answer = await service.send(commitMutation, { orderId }, { caller: 'order' });
        expect(errorCodeOf(answer)).toBe('ORDER_STATE_CONFLICT');
      }
    });
  });

  describe('commitStocks', () => {
    const commitAll = async (orderIds: string[]) =>
      service.send<{ commits: { orderId: string; committed: boolean }[] }>(
        commitAllMutation,
        { orderIds },
        { caller: 'order' },
      );

    it('commits all orders in one statement and reports those that hold nothing', async () => {
      const { id: productId } = await mugs(10);
      const [held, committed, released, unknown] = Array.from({ length: 4 }, () => randomUUID()) as [
        string,
        string,
        string,
        string,
      ];
      for (const orderId of [held, committed, released])
        await orders.reserve(orderId, [{ productId, quantity: 1 }]);
      await orders.commit(committed);
      await orders.release(released);
      const orderIds = [unknown, held, released, committed, held.toUpperCase()];
      const results = [false, true, false, true, true];
      const statements = await repositoryStatements(async () => {
        expect(dataOf(await commitAll(orderIds)).commits).toEqual(
          orderIds.map((orderId, index) => ({ orderId, committed: results[index] })),
        );
      });
      expect(statements).toEqual(['ReservationRepository.commit']);
      expect(await orders.statusOf(held)).toBe('COMMITTED');
      expect(await orders.statusOf(released)).toBe('RELEASED');
    });

    it('commits overlapping concurrent batches', async () => {
      const { id: productId } = await mugs(100);
      const ids = Array.from({ length: 20 }, () => randomUUID());
      await Promise.all(ids.map((orderId) => orders.reserve(orderId, [{ productId, quantity: 1 }])));
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) => commitAll(index % 2 ? ids : [...ids].reverse())),
      );
      for (const answer of answers)
        expect(dataOf(answer).commits.filter(({ committed }) => committed)).toHaveLength(20);
    });

    it.each([
      ['101 orders', Array.from({ length: 101 }, () => randomUUID())],
      ['an ID that is not a UUID', [randomUUID(), 'no-uuid']],
    ])('rejects %s', async (_name, orderIds) => {
      expect(errorCodeOf(await commitAll(orderIds))).toBe('BAD_USER_INPUT');
    });

    it('is FORBIDDEN for every caller but the order service', async () => {
      for (const caller of ['gateway', 'user', 'payment']) {
        const variables = { orderIds: [randomUUID()] };
        const answer = await service.send(commitAllMutation, variables, { caller, as: 'admin' });
        expect(errorCodeOf(answer)).toBe('FORBIDDEN');
      }
    });
  });

  describe('the internal operations', () => {
    const operations = [
      ['reserveStock', reserveMutation],
      ['commitStock', commitMutation],
      ['releaseStock', releaseMutation],
    ] as const;
    const variables = (orderId: string) => ({
      orderId,
      input: { orderId, lines: [{ productId: randomUUID(), quantity: 1 }] },
    });

    it.each(operations)(
      '%s is FORBIDDEN through the gateway, also for an administrator',
      async (_name, mutation) => {
        const { orderId, input } = variables(randomUUID());
        const own = mutation.includes('$orderId') ? { orderId } : { input };
        for (const caller of ['gateway', 'user', 'payment']) {
          const answer = await service.send(mutation, own, { caller, as: 'admin' });
          expect(errorCodeOf(answer)).toBe('FORBIDDEN');
        }
      },
    );

    it.each(operations)('%s rejects an order ID that is not a UUID', async (_name, mutation) => {
      const { orderId, input } = variables('no-uuid');
      const own = mutation.includes('$orderId') ? { orderId } : { input };
      expect(errorCodeOf(await service.send(mutation, own, { caller: 'order' }))).toBe('BAD_USER_INPUT');
    });
  });
});
