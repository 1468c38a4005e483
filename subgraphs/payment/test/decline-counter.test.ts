import { freePorts } from '@shop/local-stack/ports';
import { eventually } from '@shop/testkit/eventually';
import { changesBetween, scrape } from '@shop/testkit/metrics';
import { insertUnfinishedAttempt } from './support/unfinished-attempt';
import { newAttempt, type PaymentService, startPaymentService } from './support/payment-service';

let service: PaymentService;
let metricsUrl: string;
beforeAll(async () => {
  const [port] = await freePorts(1);
  metricsUrl = `http://127.0.0.1:${port}`;
  service = await startPaymentService({ METRICS_PORT: String(port) });
});
afterAll(() => service.stop());

/** The change of the counter while `work` runs, by reason. */
async function declines(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await scrape(metricsUrl);
  await work();
  const changes = changesBetween(before, await scrape(metricsUrl), 'shop_payment_declines_total');
  return Object.fromEntries(
    Object.entries(changes).map(([series, change]) => [/reason="(\w+)"/.exec(series)?.[1], change]),
  );
}

describe('shop_payment_declines_total', () => {
  it.each([
    ['sim_declined', 'card_declined'],
    ['sim_insufficient_funds', 'insufficient_funds'],
    // Rejected before the provider is called.
    ['not a token', 'unknown_payment_method'],
  ])('counts a payment with %s once as %s, however often it is requested', async (paymentMethod, reason) => {
    const attempt = newAttempt({ paymentMethod });
    const requests = () =>
      Promise.all([1, 2, 3, 4, 5].map(() => service.charge(attempt).catch(() => undefined)));
    const changes = await declines(async () => {
      await requests();
      await service.charge(attempt);
    });
    expect(changes).toEqual({ [reason]: 1 });
  });

  it('does not count a payment that succeeds', async () => {
    expect(await declines(() => service.charge(newAttempt()))).toEqual({});
  });

  it('counts a payment once that an inquiry decides', async () => {
    const attempt = newAttempt({ paymentMethod: 'sim_declined' });
    const changes = await declines(async () => {
      const id = await insertUnfinishedAttempt(service, attempt, { dueInMinutes: 0 });
      await eventually(async () => expect(await service.statusOf(id)).toBe('FAILED'));
      await service.charge(attempt);
    });
    expect(changes).toEqual({ card_declined: 1 });
  });
});

it('calls of the provider are recorded by their outcome, and a rejection is a response', async () => {
  const before = await scrape(metricsUrl);
  await service.charge(newAttempt());
  await service.charge(newAttempt({ paymentMethod: 'sim_unavailable' })).catch(() => undefined);
  const changes = changesBetween(
    before,
    await scrape(metricsUrl),
    'http_client_request_duration_seconds_count',
  );
  expect(changes).toEqual({
    'http_client_request_duration_seconds_count{service="simulator",outcome="ok"}': 2,
  });
});

it('shop_payments_requires_action counts payments that wait for the customer', async () => {
  await service.charge(newAttempt({ paymentMethod: 'sim_requires_action' }));
  await eventually(
    async () => expect((await scrape(metricsUrl)).get('shop_payments_requires_action')).toBe(1),
    // A reading is reused for ten seconds.
    { timeoutMs: 15_000 },
  );
});
