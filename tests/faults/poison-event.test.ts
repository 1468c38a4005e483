import { randomUUID } from 'node:crypto';
import { createEvent, type PaymentEvent } from '@shop/events/contracts';
import { listEvents } from '@shop/events/operations';
import { operatorOutbox } from '@shop/events/outbox';
import { createDataSource, inTransaction } from '@shop/kit/database';
import { freePorts } from '@shop/local-stack/ports';
import { eventually } from '@shop/testkit/eventually';
import type { DataSource } from 'typeorm';
import { unwrap, openShop, type Shop } from '../e2e/shop';

let shop: Shop;
let metricsPort: number;
let payments: DataSource;

beforeAll(async () => {
  [metricsPort = 0] = await freePorts(1);
  // Ten tries with the default backoff take 30 s.
  const everywhere = { EVENT_RETRY_MAX_MS: '50' };
  shop = await openShop({}, { METRICS_PORT: String(metricsPort) }, everywhere);
  payments = await createDataSource({ url: shop.databaseUrls.payment, service: 'test' }).initialize();
});
afterAll(async () => {
  await payments?.destroy();
  await shop?.close();
});

/** A charge of an order that does not exist: the order subgraph rejects the event each time. */
function poisonEvent(): PaymentEvent {
  const paymentId = randomUUID();
  return createEvent({
    source: 'payment',
    type: 'payment.succeeded',
    subject: paymentId,
    data: {
      ...{ paymentId, orderId: randomUUID(), attempt: 1, amountCents: 100, currency: 'EUR' },
      ...{ failureCode: null, sent: true },
    },
  });
}

const publish = (event: PaymentEvent) =>
  inTransaction(payments, (transaction) => operatorOutbox.publish(transaction, event));

async function deadLettersMeasured(): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
  return Number(/^shop_events_dead_letters (\d+)/m.exec(await response.text())?.[1]);
}

describe('poison event', () => {
  test('is dead-lettered after ten tries and counted; other events are delivered', async () => {
    const api = shop.storefronts.REST;
    const { accessToken, order } = await shop.newOrder(api, { stock: 1, quantity: 1 });
    const poison = poisonEvent();
    await publish(poison);

    // Confirmed by an event that is published after the poison event.
    unwrap(await api.payOrder(accessToken, order.id, 'sim_processing'));
    await eventually(async () =>
      expect(unwrap(await api.order(accessToken, order.id)).status).toBe('CONFIRMED'),
    );

    await eventually(async () =>
      expect(await listEvents(payments)).toMatchObject([
        { state: 'dead', eventId: poison.id, subscriber: 'order', tries: 10, failures: 10 },
      ]),
    );
    expect(await deadLettersMeasured()).toBe(1);
  });
});
