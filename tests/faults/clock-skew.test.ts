import { clockShiftedBy } from '@shop/testkit/clock';
import { eventually } from '@shop/testkit/eventually';
import { type OrderProcess, startOrderProcess } from '../../subgraphs/order/test/support/order-process';
import { type Neighbours, startNeighbours } from '../../subgraphs/order/test/support/services';
import { newCustomer, shopAt } from '../../subgraphs/order/test/support/shop';
import { expectInvariants } from '../invariants';

const hourSeconds = 3_600;
let neighbours: Neighbours;
let order: OrderProcess | undefined;
beforeAll(async () => {
  neighbours = await startNeighbours();
});
afterEach(() => order?.kill());
afterAll(() => neighbours.stop());

/** Replaces the order process by one whose clock is `clockAheadSeconds` ahead. */
async function startShop(clockAheadSeconds: number) {
  await order?.kill();
  const shift = clockAheadSeconds === 0 ? {} : clockShiftedBy(clockAheadSeconds);
  order = await startOrderProcess({ ...neighbours.orderEnvironment, ...shift });
  neighbours.proxies.order.setTarget(order.url);
  return { ...shopAt(order.url, neighbours), log: order.log };
}

type Shop = Awaited<ReturnType<typeof startShop>>;

async function placeOrder(shop: Shop) {
  const customer = newCustomer();
  const productId = await shop.newProduct({ stock: 10 });
  return { customer, productId, order: await shop.newOrder(customer, [{ productId, quantity: 2 }]) };
}

async function isDueAtExpiry(shop: Shop, orderId: string): Promise<boolean | undefined> {
  const [order] = await shop.sql<{ isDueAtExpiry: boolean }>(
    'order',
    'SELECT due_at = expires_at AS "isDueAtExpiry" FROM orders WHERE id = $1',
    [orderId],
  );
  return order?.isDueAtExpiry;
}

describe('clock skew of 5 minutes', () => {
  test.each([300, -300])(
    'a service whose clock is %i s ahead rejects the credentials of others and logs the clock skew',
    async (aheadSeconds) => {
      const shop = await startShop(aheadSeconds);
      expect(await shop.orders(newCustomer())).toMatchObject({ code: 'UNAUTHENTICATED', data: undefined });
      await shop.orders(newCustomer());

      const logged = shop.log.filter(({ message }) => message.startsWith('clock skew'));
      expect(logged).toEqual([expect.objectContaining({ level: 'error', caller: 'gateway' })]);
      expect(Math.abs((logged[0]?.aheadSeconds ?? 0) - aheadSeconds)).toBeLessThan(60);
    },
  );

  test.each([45, -45])(
    'a service whose clock is %i s ahead, within the 60 s leeway, serves requests and is served by others',
    async (aheadSeconds) => {
      const shop = await startShop(aheadSeconds);
      const { customer, order: placed } = await placeOrder(shop);
      const { result } = await shop.payOrder(customer, placed.id, 'sim_success');
      expect(result).toMatchObject({ __typename: 'PayOrderSuccess', order: { status: 'CONFIRMED' } });
      await expectInvariants(neighbours.databaseUrls);
      expect(shop.log.filter(({ message }) => message.startsWith('clock skew'))).toEqual([]);
    },
  );

  test('a process whose clock is 1 h ahead does not expire orders early', async () => {
    const { customer, order: placed } = await placeOrder(await startShop(0));
    const shop = await startShop(hourSeconds);
    await shop.makeOrdersDue();

    // Set when a process has claimed the order and has not expired it.
    await eventually(async () => expect(await isDueAtExpiry(shop, placed.id)).toBe(true));
    expect(await shop.stepOf(placed.id)).toBe('AWAITING_PAYMENT');
    const corrected = await startShop(0);
    expect(await corrected.order(customer, placed.id)).toMatchObject({ status: 'PENDING' });
  });

  test('a process whose clock is 1 h behind does not expire orders late', async () => {
    const { customer, productId, order: placed } = await placeOrder(await startShop(0));
    const shop = await startShop(-hourSeconds);
    await shop.sql('order', 'UPDATE orders SET expires_at = now() WHERE id = $1', [placed.id]);
    await shop.makeOrdersDue();
    await eventually(async () => expect(await shop.stepOf(placed.id)).toBe('RELEASING'));

    // Its credentials are rejected: the stock is released after a restart with the correct clock.
    const corrected = await startShop(0);
    await corrected.expectInvariantsSoon();
    expect(await corrected.order(customer, placed.id)).toMatchObject({
      status: 'CANCELLED',
      cancelReason: 'EXPIRED',
    });
    expect(await corrected.stockOf(productId)).toBe(10);
  });
});
