import { createLogger } from '@shop/kit/logger';
import { freePorts } from '@shop/local-stack/ports';
import { withClient } from '@shop/local-stack/postgres';
import { cloneDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { serviceCredential, serviceEnvironmentFor } from '@shop/testkit/keys';
import { loadPaymentSettings } from '../src/config';
import { startPayment } from '../src/service';
import { insertUnfinishedAttempt } from './support/unfinished-attempt';
import { startOrderSubscriber } from './support/order-subscriber';
import { newAttempt, type PaymentService, startPaymentService } from './support/payment-service';

let service: PaymentService;
let metricsPort: number;

beforeAll(async () => {
  [metricsPort] = (await freePorts(1)) as [number];
  service = await startPaymentService({ METRICS_PORT: String(metricsPort) });
});
afterAll(() => service.stop());

/** A payment whose provider no process has configured. */
async function insertPayment(provider: string, status = 'PENDING') {
  const attempt = newAttempt();
  const id = await insertUnfinishedAttempt(service, attempt, { dueInMinutes: 60 });
  await service.sql(
    `UPDATE payments SET provider = $2, status = $3, due_at = CASE WHEN $3 = 'PENDING' THEN due_at END WHERE id = $1`,
    [id, provider, status],
  );
  return { attempt, id };
}

const metrics = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();

describe('A payment whose provider is no longer configured', () => {
  it('stays UNKNOWN, and its webhooks return 404', async () => {
    const { id } = await insertPayment('stripe');
    await service.sql('UPDATE payments SET due_at = now() WHERE id = $1', [id]);
    await eventually(async () => expect(await service.statusOf(id)).toBe('UNKNOWN'));
    const response = await fetch(`${service.url}/webhooks/stripe`, {
      method: 'POST',
      headers: { 'x-service-authorization': `Bearer ${serviceCredential('gateway', 'payment')}` },
      body: '{}',
    });
    expect(response.status).toBe(404);
  });

  it('is counted by provider at /metrics, as are its refunds', async () => {
    await insertPayment('elsewhere');
    const { id } = await insertPayment('elsewhere', 'SUCCEEDED');
    await service.sql('INSERT INTO refunds (payment_id, provider_key, due_at) VALUES ($1, $2, now())', [
      id,
      `refund:${id}`,
    ]);
    await eventually(async () => {
      const text = await metrics();
      expect(text).toContain('shop_payments_provider_not_configured{provider="elsewhere"} 1');
      expect(text).toContain('shop_refunds_provider_not_configured{provider="elsewhere"} 1');
      expect(text).not.toContain('provider="simulator"');
    });
  });
});

it('The service logs at startup each provider with open payments that is not configured, with the remedy', async () => {
  const database = await cloneDatabase('payment');
  const subscriber = await startOrderSubscriber();
  const logger = createLogger({ service: 'payment', level: 'error' });
  const logged = jest.spyOn(logger, 'error').mockReturnValue(logger);
  const settings = loadPaymentSettings({
    ...serviceEnvironmentFor('payment', database.url),
    ORDER_URL: subscriber.url,
  });
  const start = () => startPayment(settings, logger);
  const first = await start();
  expect(logged).not.toHaveBeenCalled();
  await first.stop();

  await withClient(database.url, (client) =>
    client.query(
      `INSERT INTO payments (order_id, attempt, user_id, amount_cents, currency, status, sent, provider, provider_key, due_at)
       VALUES (uuidv7(), 1, uuidv7(), 100, 'EUR', 'UNKNOWN', true, 'stripe', 'key', now())`,
    ),
  );
  const second = await start();
  expect(logged).toHaveBeenCalledWith('payments wait for a provider that is not configured', {
    provider: 'stripe',
    undecidedPayments: 1,
    pendingRefunds: 0,
    remedy: expect.stringMatching(
      /^set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET.+npm run payments/,
    ) as string,
  });
  await second.stop();
  await subscriber.stop();
  await database.drop();
});
