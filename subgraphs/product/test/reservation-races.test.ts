import { randomUUID } from 'node:crypto';
import { addProduct, adjustStockMutation, readProduct } from './support/catalogue-operations';
import { type ProductService, startProductService } from './support/product-service';
import { reservationsOf } from './support/reservation-operations';

describe('Concurrent reservations', () => {
  let service: ProductService;
  let orders: ReturnType<typeof reservationsOf>;

  beforeAll(async () => {
    service = await startProductService();
    orders = reservationsOf(service);
  });
  afterEach(async () => {
    expect(await service.stockMismatches()).toEqual([]);
    expect(await deadlocks()).toBe(0);
  });
  afterAll(() => service.stop());

  /** Deadlocks that PostgreSQL had to break in this database; a retry would hide them. */
  async function deadlocks(): Promise<number> {
    const [row] = await service.dataSource.query<[{ deadlocks: number }]>(
      'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
    );
    return row.deadlocks;
  }

  it('of 40 buyers for a stock of 10, exactly 10 hold something', async () => {
    const { id: productId } = await addProduct(service, { stock: 10 });
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, () => orders.reserve(randomUUID(), [{ productId, quantity: 1 }])),
    );
    const kinds = outcomes.map((outcome) => outcome.__typename);
    expect(kinds.filter((kind) => kind === 'StockReserved')).toHaveLength(10);
    expect(kinds.filter((kind) => kind === 'StockShort')).toHaveLength(30);
    expect(await readProduct(service, productId)).toMatchObject({ stock: 0, inStock: false });
  });

  it('with the same products in opposite orders do not deadlock', async () => {
    const products = await Promise.all(
      Array.from({ length: 8 }, () => addProduct(service, { stock: 1_000 })),
    );
    const lines = products.map(({ id: productId }) => ({ productId, quantity: 1 }));
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        orders.reserve(randomUUID(), index % 2 ? lines : [...lines].reverse()),
      ),
    );
    expect(new Set(outcomes.map((outcome) => outcome.__typename))).toEqual(new Set(['StockReserved']));
    const stocks = await Promise.all(products.map(({ id }) => readProduct(service, id)));
    expect(stocks.map((product) => product?.stock)).toEqual(products.map(() => 940));
  });

  it('mixed with commits, releases and adjustments keep stock and ledger consistent', async () => {
    const products = await Promise.all(Array.from({ length: 5 }, () => addProduct(service, { stock: 30 })));
    const rotated = (by: number) => products.map((_, index) => products[(index + by) % 5]?.id ?? '');
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const orderId = randomUUID();
        const lines = rotated(index).map((productId) => ({ productId, quantity: 1 + (index % 3) }));
        await orders.reserve(orderId, lines.slice(0, 1 + (index % 5)));
        if (index % 3 === 0) await orders.release(orderId);
        if (index % 3 === 1) await adjust(rotated(index)[0] ?? '', index % 2 ? 2 : -1);
        if (index % 6 === 2 && (await orders.statusOf(orderId))) await orders.commit(orderId);
      }),
    );
    const stocks = await Promise.all(products.map(({ id }) => readProduct(service, id)));
    expect(stocks.filter((product) => (product?.stock ?? -1) < 0)).toEqual([]);
  });

  const adjust = (productId: string, delta: number) =>
    service.send(adjustStockMutation, { input: { productId, delta, reason: 'Count' } }, { as: 'admin' });
});
