import { randomUUID } from 'node:crypto';
import { expectInvariants } from '../../invariants';
import { unwrap, openShop, type Shop } from '../shop';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe.each(['REST', 'GraphQL'] as const)('an idempotency key, through %s', (api) => {
  test('returns the first result to a repeated order and marks it as a replay', async () => {
    const storefront = shop.storefronts[api];
    const { accessToken } = await shop.newCustomer();
    const product = await shop.newProduct({ stock: 5 });
    const key = randomUUID();
    const place = () => storefront.placeOrder(accessToken, [{ productId: product.id, quantity: 1 }], key);

    const first = await place();
    const second = await place();

    expect(first).toMatchObject({ ok: true, replayed: false });
    expect(second).toEqual({ ...first, replayed: true });
    expect(unwrap(await storefront.product(product.id)).stock).toBe(4);
  });

  test('returns the current state of an order that was paid meanwhile', async () => {
    const storefront = shop.storefronts[api];
    const { accessToken } = await shop.newCustomer();
    const product = await shop.newProduct({ stock: 5 });
    const key = randomUUID();
    const place = () => storefront.placeOrder(accessToken, [{ productId: product.id, quantity: 1 }], key);
    const placed = unwrap(await place());
    unwrap(await storefront.payOrder(accessToken, placed.id, 'sim_success'));

    const again = await place();

    expect(again).toMatchObject({
      replayed: true,
      value: { id: placed.id, status: 'CONFIRMED', payments: [{ status: 'SUCCEEDED' }] },
    });
  });

  test('creates one order from 20 concurrent requests', async () => {
    const storefront = shop.storefronts[api];
    const { accessToken } = await shop.newCustomer();
    const product = await shop.newProduct({ stock: 50 });
    const key = randomUUID();

    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        storefront.placeOrder(accessToken, [{ productId: product.id, quantity: 1 }], key),
      ),
    );

    expect(new Set(outcomes.map((outcome) => unwrap(outcome).id)).size).toBe(1);
    expect(unwrap(await storefront.product(product.id)).stock).toBe(49);
  });

  test('is rejected with a different request', async () => {
    const storefront = shop.storefronts[api];
    const { accessToken } = await shop.newCustomer();
    const product = await shop.newProduct({ stock: 5 });
    const key = randomUUID();
    unwrap(await storefront.placeOrder(accessToken, [{ productId: product.id, quantity: 1 }], key));

    const outcome = await storefront.placeOrder(accessToken, [{ productId: product.id, quantity: 2 }], key);

    expect(outcome).toMatchObject({ ok: false, code: 'idempotency_conflict' });
  });

  test('charges once for 10 concurrent payments', async () => {
    const storefront = shop.storefronts[api];
    const { accessToken, order } = await shop.newOrder(storefront, { stock: 1, quantity: 1 });
    const key = randomUUID();

    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => storefront.payOrder(accessToken, order.id, 'sim_success', key)),
    );

    expect(new Set(outcomes.map((outcome) => unwrap(outcome).payment.id)).size).toBe(1);
    expect(unwrap(await storefront.order(accessToken, order.id)).payments).toHaveLength(1);
    await expectInvariants(shop.databaseUrls);
  });

  test('is scoped to one customer: another can use the same key', async () => {
    const storefront = shop.storefronts[api];
    const product = await shop.newProduct({ stock: 5 });
    const key = randomUUID();
    const [one, other] = await shop.newCustomers(2);

    const first = unwrap(
      await storefront.placeOrder(one?.accessToken, [{ productId: product.id, quantity: 1 }], key),
    );
    const second = unwrap(
      await storefront.placeOrder(other?.accessToken, [{ productId: product.id, quantity: 1 }], key),
    );

    expect(second.id).not.toBe(first.id);
  });
});
