import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { countEvents } from '@shop/events/operations';
import { createDataSource } from '@shop/kit/database';
import { withClient } from '@shop/local-stack/postgres';
import { eventually } from '@shop/testkit/eventually';
import { describeWithNats, natsProgram, type NatsServer, startNatsServer } from '@shop/testkit/nats';
import { unwrap, openShop, type Shop } from '../e2e/shop';
import { expectInvariants } from '../invariants';

let nats: NatsServer;
let shop: Shop;

beforeAll(async () => {
  if (!natsProgram()) return;
  nats = await startNatsServer();
  shop = await openShop({}, {}, { NATS_URL: nats.url });
});
afterAll(async () => {
  await shop?.close();
  await nats?.close();
});

/** Places and pays an order. @returns the status of the order in the response to the payment */
async function buy(method: string): Promise<string> {
  const api = shop.storefronts.REST;
  const { accessToken, order } = await shop.newOrder(api, { stock: 2, quantity: 2 });
  return unwrap(await api.payOrder(accessToken, order.id, method)).order.status;
}

async function undelivered(): Promise<number> {
  const counts = await Promise.all(
    Object.values(shop.databaseUrls).map(async (url) => {
      const dataSource = await createDataSource({ url, service: 'test', poolSize: 2 }).initialize();
      const { undelivered: count, deadLetters } = await countEvents(dataSource);
      await dataSource.destroy();
      return count + deadLetters;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The number of events that the broker has stored, by subject. */
async function storedEvents(): Promise<Record<string, number>> {
  const connection = await connect({ servers: nats.url });
  try {
    const { streams } = await jetstreamManager(connection);
    const { state } = await streams.info('SHOP_EVENTS', { subjects_filter: '>' });
    return { ...state.subjects };
  } finally {
    await connection.close();
  }
}

describeWithNats('NATS unavailable for 10 minutes', () => {
  test('orders complete without the broker; afterwards the outbox delivers every event once', async () => {
    expect(await buy('sim_success')).toBe('CONFIRMED');
    await nats.kill();
    for (let count = 0; count < 3; count += 1) expect(await buy('sim_success')).toBe('CONFIRMED');
    expect(await buy('sim_processing')).toBe('PENDING');
    expect(await undelivered()).toBeGreaterThan(0);

    await nats.start();
    await eventually(async () => expect(await undelivered()).toBe(0));
    await eventually(async () =>
      expect(await storedEvents()).toEqual({
        'events.user.registered': 5,
        'events.order.created': 5,
        'events.product.stock_depleted': 5,
        'events.payment.succeeded': 5,
        'events.order.confirmed': 5,
      }),
    );
    await eventually(() => expectProcessedOnce(5));
    await expectInvariants(shop.databaseUrls);
  });
});

/** The order subgraph has processed the event of each payment, and each order was paid once. */
async function expectProcessedOnce(count: number): Promise<void> {
  const sql = `SELECT (SELECT count(*)::int FROM inbox) AS processed,
                      (SELECT count(*)::int FROM order_events WHERE message = 'Paid.') AS paid`;
  const { rows } = await withClient(shop.databaseUrls.order, (client) => client.query(sql));
  expect(rows).toEqual([{ processed: count, paid: count }]);
}
