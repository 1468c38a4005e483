import { operatorOutbox } from '@shop/events/outbox';
import { createLogger } from '@shop/kit/logger';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { simulatedWebhook, webhookSecret } from '@shop/testkit/webhooks';
import type { DataSource } from 'typeorm';
import { PaymentDecisionService } from '../src/charge/payment-decision.service';
import { defaultActionLimitMs } from '../src/config';
import { connect } from '../src/data-source';
import { toChargeRequest } from '../src/payment/payment.entity';
import { ChargeRejected, type PaymentProvider, ProviderTimeout } from '../src/providers/payment-provider';
import { createProviders } from '../src/providers/providers';
import { createSimulator } from '../src/providers/simulator/simulator';
import { SimulatorAuthentication } from '../src/providers/simulator/simulator-authentication';
import { SimulatorLedgerRepository } from '../src/providers/simulator/simulator-ledger.repository';
import { RefundRepository } from '../src/refund/refund.repository';
import { RefundService } from '../src/refund/refund.service';
import { createServices } from '../src/services';
import { newAttempt } from './support/payment-service';

let database: TestDatabase;
let dataSource: DataSource;
let simulator: PaymentProvider;
let authentication: SimulatorAuthentication;

beforeAll(async () => {
  database = await cloneDatabase('payment');
  dataSource = await connect({ DATABASE_URL: database.url, DATABASE_POOL_SIZE: 5 });
  const ledger = new SimulatorLedgerRepository(dataSource);
  authentication = new SimulatorAuthentication(ledger, webhookSecret);
  simulator = createSimulator({
    ...{ ledger, authentication, seed: 'test', successRate: 1, webhookSecret },
  });
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/**
 * The simulator, whose first charge hangs until `reject` is called, as during a network failure.
 */
function stallingFirstCharge() {
  const first = Promise.withResolvers<never>();
  const called = Promise.withResolvers<void>();
  let calls = 0;
  const provider: PaymentProvider = {
    ...simulator,
    charge(request) {
      calls += 1;
      if (calls > 1) return simulator.charge(request);
      called.resolve();
      return first.promise;
    },
  };
  const reject = () => first.reject(new ChargeRejected('provider_unavailable', 'connection refused'));
  return { provider, called: called.promise, reject };
}

const servicesWith = (provider: PaymentProvider) =>
  createServices({
    dataSource,
    outbox: operatorOutbox,
    providers: createProviders(provider),
    logger: createLogger({ service: 'payment', level: 'error' }),
  });

const attemptOf = (changes: Parameters<typeof newAttempt>[0]) => ({
  paymentMethod: null,
  ...newAttempt(changes),
});

describe('A first call that is rejected after an inquiry', () => {
  it.each([
    ['sim_success', 'SUCCEEDED'],
    ['sim_processing', 'PENDING'],
  ])('does not change the result of the inquiry: %s stays %s', async (paymentMethod, status) => {
    const { provider, called, reject } = stallingFirstCharge();
    const { charges, payments, inquiries } = servicesWith(provider);
    const attempt = attemptOf({ paymentMethod });
    const result = charges.charge({ ...attempt, paymentMethod });
    await called;
    const [payment] = await payments.findByOrderIds([attempt.orderId]);
    await inquiries.inquireNow(payment?.id ?? '');
    reject();
    expect(await result).toMatchObject({ id: payment?.id, status });
    expect(await payments.findByOrderIds([attempt.orderId])).toMatchObject([{ status }]);
  });
});

describe('A webhook that arrives before the response to the first call', () => {
  it.each(['arrives later', 'is lost'])('decides the payment if that response %s', async (firstResponse) => {
    const charged = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const { charges, payments, webhooks } = servicesWith({
      ...simulator,
      async charge(request) {
        const state = await simulator.charge(request);
        charged.resolve();
        await released.promise;
        if (firstResponse === 'is lost') throw new ProviderTimeout('the response was lost');
        return state;
      },
    });
    const attempt = attemptOf({ paymentMethod: 'sim_success' });
    const result = charges.charge({ ...attempt, paymentMethod: 'sim_success' });
    await charged.promise;

    const chargeKey = `${attempt.orderId}:1`;
    const { id, body, headers } = simulatedWebhook(chargeKey);
    await webhooks.receive('simulator', { body: Buffer.from(body), headers });
    await webhooks.process({ provider: 'simulator', id, chargeKey, type: 'charge.succeeded' });
    expect(await payments.findByOrderIds([attempt.orderId])).toMatchObject([{ status: 'SUCCEEDED' }]);

    released.resolve();
    expect(await result).toMatchObject({ status: 'SUCCEEDED' });
    const events = await dataSource.query<object[]>(
      `SELECT FROM event_deliveries WHERE event #>> '{data,orderId}' = $1`,
      [attempt.orderId],
    );
    expect(events).toHaveLength(1);
  });
});

describe('A response that requires an authentication', () => {
  const method = 'sim_requires_action';
  const authenticate = (key: string) =>
    authentication.complete(authentication.clientSecretOf(key), 'SUCCEEDED');

  /** The simulator, whose response to the first charge is delayed until `release`. */
  function delayingFirstResponse() {
    const charged = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const provider: PaymentProvider = {
      ...simulator,
      async charge(request) {
        const state = await simulator.charge(request);
        charged.resolve();
        await released.promise;
        return state;
      },
    };
    return { provider, charged: charged.promise, release: () => released.resolve() };
  }

  it('does not change a payment that a webhook has decided earlier', async () => {
    const { provider, charged, release } = delayingFirstResponse();
    const { charges, payments, webhooks } = servicesWith(provider);
    const attempt = attemptOf({ paymentMethod: method });
    const result = charges.charge({ ...attempt, paymentMethod: method });
    await charged;
    await authenticate(`${attempt.orderId}:1`);
    const chargeKey = `${attempt.orderId}:1`;
    const { id, body, headers } = simulatedWebhook(chargeKey);
    await webhooks.receive('simulator', { body: Buffer.from(body), headers });
    await webhooks.process({ provider: 'simulator', id, chargeKey, type: 'charge.succeeded' });
    expect(await payments.findByOrderIds([attempt.orderId])).toMatchObject([{ status: 'SUCCEEDED' }]);
    release();
    expect(await result).toMatchObject({ status: 'SUCCEEDED' });
    expect(await payments.findByOrderIds([attempt.orderId])).toMatchObject([{ status: 'SUCCEEDED' }]);
  });

  it('is discarded once an inquiry has found the charge processing', async () => {
    const { provider, charged, release } = delayingFirstResponse();
    const processing: PaymentProvider = {
      ...provider,
      inquire: () => Promise.resolve({ state: 'processing', reference: 'sim_ch_1' }),
    };
    const { charges, payments, inquiries } = servicesWith(processing);
    const attempt = attemptOf({ paymentMethod: method });
    const result = charges.charge({ ...attempt, paymentMethod: method });
    await charged;
    const [payment] = await payments.findByOrderIds([attempt.orderId]);
    await inquiries.inquireNow(payment?.id ?? '');
    release();
    expect(await result).toMatchObject({ status: 'PENDING' });
    expect(await payments.findByOrderIds([attempt.orderId])).toMatchObject([{ status: 'PENDING' }]);
  });

  it('is kept while the provider does not respond to an inquiry', async () => {
    const silent: PaymentProvider = {
      ...simulator,
      inquire: () => Promise.reject(new ProviderTimeout('no response')),
    };
    const { charges, payments, inquiries } = servicesWith(silent);
    const { id } = await charges.charge(attemptOf({ paymentMethod: method }));
    await inquiries.inquireNow(id);
    expect(await payments.findById(id)).toMatchObject({ status: 'REQUIRES_ACTION' });
  });
});

describe('A payment that waits for an authentication and is unknown to its provider', () => {
  it('is closed and declined, not charged again or marked as not sent', async () => {
    const withoutCharge: PaymentProvider = {
      ...simulator,
      inquire: () => Promise.resolve({ state: 'not_found' }),
    };
    const { charges, payments, inquiries } = servicesWith(withoutCharge);
    const { id } = await charges.charge(attemptOf({ paymentMethod: 'sim_requires_action' }));
    await inquiries.inquireNow(id);
    const abandoned = { status: 'FAILED', sent: true, failureCode: 'authentication_abandoned' };
    expect(await payments.findById(id)).toMatchObject(abandoned);
  });
});

describe('At the limit for the authentication', () => {
  const beyondLimit = `UPDATE payments SET created_at = now() - interval '690 seconds' WHERE id = $1`;

  async function beginAction(provider: PaymentProvider) {
    const services = servicesWith(provider);
    const payment = await services.charges.charge(attemptOf({ paymentMethod: 'sim_requires_action' }));
    expect(payment.status).toBe('REQUIRES_ACTION');
    await dataSource.query(beyondLimit, [payment.id]);
    return { ...services, payment };
  }

  it('a cancel whose response was lost leaves the payment REQUIRES_ACTION, and the next inquiry sets authentication_abandoned', async () => {
    let closings = 0;
    const { inquiries, payments, payment } = await beginAction({
      ...simulator,
      async cancel(request) {
        const state = await simulator.cancel(request);
        closings += 1;
        if (closings === 1) throw new ProviderTimeout('the response was lost');
        return state;
      },
    });
    await inquiries.inquireNow(payment.id);
    expect(await payments.findById(payment.id)).toMatchObject({ status: 'REQUIRES_ACTION' });
    await inquiries.inquireNow(payment.id);
    const abandoned = { status: 'FAILED', sent: true, failureCode: 'authentication_abandoned' };
    expect(await payments.findById(payment.id)).toMatchObject(abandoned);
  });

  it('a payment that the provider does not close is not FAILED', async () => {
    const { inquiries, payments, payment } = await beginAction({
      ...simulator,
      cancel: () => Promise.reject(new ProviderTimeout('no response')),
    });
    await inquiries.inquireNow(payment.id);
    expect(await payments.findById(payment.id)).toMatchObject({ status: 'REQUIRES_ACTION' });
    expect((await payments.findById(payment.id))?.dueAt).toBeInstanceOf(Date);
  });

  it('a customer who authenticates before the cancel is charged', async () => {
    const { inquiries, payments, payment } = await beginAction({
      ...simulator,
      async cancel(request) {
        await authentication.complete(authentication.clientSecretOf(request.key), 'SUCCEEDED');
        return simulator.cancel(request);
      },
    });
    await inquiries.inquireNow(payment.id);
    expect(await payments.findById(payment.id)).toMatchObject({ status: 'SUCCEEDED', failureCode: null });
  });

  it('a charge that succeeds after the payment is FAILED is refunded', async () => {
    const { inquiries, payments, webhooks, refundProgress, payment } = await beginAction(simulator);
    await inquiries.inquireNow(payment.id);
    expect(await payments.findById(payment.id)).toMatchObject({ failureCode: 'authentication_abandoned' });
    // Contrary to the contract of `cancel`.
    await dataSource.query(`UPDATE simulator.charges SET outcome = 'succeeded' WHERE key = $1`, [
      payment.providerKey,
    ]);
    const chargeKey = payment.providerKey;
    const { id, body, headers } = simulatedWebhook(chargeKey);
    await webhooks.receive('simulator', { body: Buffer.from(body), headers });
    await webhooks.process({ provider: 'simulator', id, chargeKey, type: 'charge.succeeded' });
    await refundProgress.advance(payment.id);
    expect(await payments.findById(payment.id)).toMatchObject({ status: 'REFUNDED' });
  });
});

describe('A charge of a FAILED attempt', () => {
  it('is refunded', async () => {
    const { payments, charges, refundProgress } = servicesWith(simulator);
    const attempt = attemptOf({ paymentMethod: 'sim_unavailable' });
    const failed = await charges.charge({ ...attempt, paymentMethod: 'sim_unavailable' });
    expect(failed).toMatchObject({ status: 'FAILED', sent: false });
    const late = await simulator.charge({ ...toChargeRequest(failed), method: 'sim_success' });
    if (late.state !== 'succeeded') throw new Error(`the charge ${late.state}`);

    const refundRepository = new RefundRepository(dataSource);
    const refundService = new RefundService({
      payments,
      refunds: refundRepository,
      wakePoller: () => undefined,
    });
    const decisions = new PaymentDecisionService({
      ...{ payments, refunds: refundService, outbox: operatorOutbox },
      actionLimitMs: defaultActionLimitMs,
    });
    await decisions.record(failed, late, 'inquiry');
    expect(await refundRepository.findByPaymentId(failed.id)).toMatchObject({ status: 'PENDING' });
    await refundProgress.advance(failed.id);
    expect(await payments.findById(failed.id)).toMatchObject({ status: 'REFUNDED', failureCode: null });
    expect(await refundRepository.findByPaymentId(failed.id)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('A provider that does not respond', () => {
  it('is inquired without a limit, and an error is logged after ten minutes', async () => {
    const logger = createLogger({ service: 'payment', level: 'error' });
    const logged = jest.spyOn(logger, 'error').mockReturnValue(logger);
    const silent: PaymentProvider = {
      ...simulator,
      inquire: () => Promise.reject(new ProviderTimeout('no response')),
    };
    const { charges, inquiries, payments } = createServices({
      dataSource,
      outbox: operatorOutbox,
      providers: createProviders(silent),
      logger,
    });
    const { id, status } = await charges.charge(attemptOf({ paymentMethod: 'sim_timeout' }));
    expect(status).toBe('UNKNOWN');
    await inquiries.inquireNow(id);
    expect(logged).not.toHaveBeenCalled();
    await dataSource.query(`UPDATE payments SET created_at = now() - interval '11 minutes' WHERE id = $1`, [
      id,
    ]);
    await inquiries.inquireNow(id);
    expect(logged).toHaveBeenCalledWith(
      'payment is undecided for long',
      expect.objectContaining({ paymentId: id, status: 'UNKNOWN', visits: 2, ageMinutes: 11 }),
    );
    expect(await payments.findById(id)).toMatchObject({ status: 'UNKNOWN' });
    expect((await payments.findById(id))?.dueAt).toBeInstanceOf(Date);
  });
});
