import { randomUUID } from 'node:crypto';
import { newCustomer, openShop, type Shop } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe('createOrder', () => {
  test('reserves the stock and stores the current price, SKU and name', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 5, priceCents: 250 });

    const order = await shop.newOrder(customer, [{ productId, quantity: 3 }]);
    await shop.sql('product', "UPDATE products SET price_cents = 999, name = 'Other' WHERE id = $1", [
      productId,
    ]);

    expect(order).toMatchObject({
      status: 'PENDING',
      cancelReason: null,
      total: { amountCents: 750, currency: 'EUR' },
      user: { id: customer.userId },
      timeline: [{ status: 'PENDING' }],
    });
    expect((await shop.order(customer, order.id))?.items).toEqual([
      expect.objectContaining({
        product: { id: productId },
        name: 'Thing',
        quantity: 3,
        unitPrice: { amountCents: 250, currency: 'EUR' },
        lineTotal: { amountCents: 750, currency: 'EUR' },
      }),
    ]);
    expect(await shop.stockOf(productId)).toBe(2);
    expect(await shop.reservationOf(order.id)).toBe('HELD');
  });

  test('merges lines with the same product', async () => {
    const productId = await shop.newProduct({ stock: 5 });
    const order = await shop.newOrder(newCustomer(), [
      { productId, quantity: 1 },
      { productId: productId.toUpperCase(), quantity: 2 },
    ]);
    expect(order.items).toMatchObject([{ quantity: 3 }]);
    expect(await shop.stockOf(productId)).toBe(2);
  });

  test('returns OutOfStock with each shortage, reserves nothing and stores nothing', async () => {
    const customer = newCustomer();
    const plenty = await shop.newProduct({ stock: 5 });
    const scarce = await shop.newProduct({ stock: 1 });

    const { result } = await shop.createOrder(customer, [
      { productId: plenty, quantity: 2 },
      { productId: scarce, quantity: 3 },
    ]);

    expect(result).toMatchObject({
      __typename: 'OutOfStock',
      code: 'out_of_stock',
      shortages: [{ product: { id: scarce }, requested: 3, available: 1 }],
    });
    expect(await shop.stockOf(plenty)).toBe(5);
    expect(await shop.sql('order', 'SELECT FROM orders WHERE user_id = $1', [customer.userId])).toEqual([]);
  });

  test.each(['01890000-0000-7000-8000-000000000000', 'no-uuid', ''])(
    'returns ProductNotFound for the unknown product %j',
    async (productId) => {
      const known = await shop.newProduct();
      const { result } = await shop.createOrder(newCustomer(), [
        { productId: known, quantity: 1 },
        { productId, quantity: 1 },
      ]);
      expect(result).toMatchObject({ __typename: 'ProductNotFound', code: 'product_not_found' });
      expect(await shop.stockOf(known)).toBe(10);
    },
  );

  test('returns InvalidInput for two currencies', async () => {
    const items = [
      { productId: await shop.newProduct({ currency: 'EUR' }), quantity: 1 },
      { productId: await shop.newProduct({ currency: 'USD' }), quantity: 1 },
    ];
    const { result } = await shop.createOrder(newCustomer(), items);
    expect(result).toMatchObject({ __typename: 'InvalidInput', fields: [{ path: 'items' }] });
  });

  test.each([0, -1, 1_000])('returns InvalidInput for a quantity of %i', async (quantity) => {
    const productId = await shop.newProduct();
    const { result } = await shop.createOrder(newCustomer(), [{ productId, quantity }]);
    expect(result).toMatchObject({ __typename: 'InvalidInput', fields: [{ path: 'items.0.quantity' }] });
  });

  test('names at most 20 invalid fields', async () => {
    const items = Array.from({ length: 100 }, () => ({ productId: randomUUID(), quantity: 0 }));
    const { result } = await shop.createOrder(newCustomer(), items, 'not a key\n');
    const paths = (result.fields as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(Array.from({ length: 20 }, (_, index) => `items.${index}.quantity`));
  });

  test('requires a login', async () => {
    const { code } = await shop.createOrder(undefined, [{ productId: await shop.newProduct(), quantity: 1 }]);
    expect(code).toBe('UNAUTHENTICATED');
  });
});
