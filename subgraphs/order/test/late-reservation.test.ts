import { graphql } from '@shop/testkit/http';
import { serviceCredential } from '@shop/testkit/keys';
import { expectInvariants } from '../../../tests/invariants';
import { newCustomer, openShop, type Shop } from './support/shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

/** The order subgraph's call, delivered late. */
async function reserveLate(orderId: string, productId: string) {
  const { body } = await graphql(shop.neighbours.product.url)<{ reserveStock: { __typename: string } }>(
    'mutation ($input: ReserveStockInput!) { reserveStock(input: $input) { __typename } }',
    {
      variables: { input: { orderId, lines: [{ productId, quantity: 1 }] } },
      headers: { 'x-service-authorization': `Bearer ${serviceCredential('order', 'product')}` },
    },
  );
  return body.data?.reserveStock.__typename;
}

describe('A draft whose reservation was rejected', () => {
  test('reserves nothing when an earlier call arrives late and there is stock again', async () => {
    const customer = newCustomer();
    const productId = await shop.newProduct({ stock: 0 });
    const rejected = await shop.createOrder(customer, [{ productId, quantity: 1 }], 'key');
    expect(rejected.result.__typename).toBe('OutOfStock');
    const [key] = await shop.sql<{ orderId: string }>(
      'order',
      'SELECT order_id AS "orderId" FROM idempotency_keys WHERE user_id = $1',
      [customer.userId],
    );
    await shop.sql(
      'product',
      `WITH entry AS (INSERT INTO stock_ledger (product_id, delta, reason, actor) VALUES ($1, 1, 'delivery', 'test'))
       UPDATE products SET stock = 1 WHERE id = $1`,
      [productId],
    );

    expect(await reserveLate(key!.orderId, productId)).toBe('ReservationClosed');

    expect(await shop.stockOf(productId)).toBe(1);
    expect(await shop.stepOf(key!.orderId)).toBeUndefined();
    await expectInvariants(shop.databaseUrls);
  });
});
