import { eventually } from '@shop/testkit/eventually';
import { expectInvariants } from '../../../tests/invariants';
import { newCustomer, openShop, type Shop } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe('createOrder', () => {
  test('holds the stock and keeps price, SKU and name as they are at that moment', async () => {
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
});

describe('payOrder', () => {
  test('sim_success confirms the order and books its stock as sold', async () => {
    const customer = newCustomer();
    const order = await shop.newOrder(customer, [{ productId: await shop.newProduct(), quantity: 1 }]);

    const { result } = await shop.payOrder(customer, order.id, 'sim_success');

    expect(result).toMatchObject({
      __typename: 'PayOrderSuccess',
      order: { status: 'CONFIRMED', expiresAt: null },
      payment: { id: expect.any(String) },
    });
    expect(result.order?.timeline.map(({ status }) => status)).toEqual(['PENDING', 'PENDING', 'CONFIRMED']);
    expect(await shop.reservationOf(order.id)).toBe('COMMITTED');
    await expectInvariants(shop.databaseUrls);
  });

  test.each(['sim_timeout', 'sim_processing'])(
    '%s leaves the order PENDING, then it is CONFIRMED by itself',
    async (method) => {
      const customer = newCustomer();
      const order = await shop.newOrder(customer, [{ productId: await shop.newProduct(), quantity: 1 }]);

      const { result } = await shop.payOrder(customer, order.id, method);

      expect(result).toMatchObject({ __typename: 'PaymentPending', payment: { id: expect.any(String) } });
      await eventually(async () => {
        expect(await shop.order(customer, order.id)).toMatchObject({ status: 'CONFIRMED' });
      });
      await expectInvariants(shop.databaseUrls);
    },
  );
});
