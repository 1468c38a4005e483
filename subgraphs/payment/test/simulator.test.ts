import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import type { DataSource } from 'typeorm';
import { connect } from '../src/data-source';
import type { PaymentProvider } from '../src/providers/payment-provider';
import { createSimulator } from '../src/providers/simulator/simulator';
import { SimulatorAuthentication } from '../src/providers/simulator/simulator-authentication';
import { SimulatorLedgerRepository } from '../src/providers/simulator/simulator-ledger.repository';
import {
  signSimulatorWebhook,
  simulatorSignatureHeader,
  type SimulatorWebhookBody,
} from '../src/providers/simulator/simulator-webhook';
import { itKeepsTheProviderContract, newCharge } from './provider-contract';

const webhookSecret = 'of the test';

let database: TestDatabase;
let dataSource: DataSource;
let simulator: PaymentProvider;
let authentication: SimulatorAuthentication;

beforeAll(async () => {
  database = await cloneDatabase('payment');
  dataSource = await connect({ DATABASE_URL: database.url, DATABASE_POOL_SIZE: 10 });
  const ledger = new SimulatorLedgerRepository(dataSource);
  authentication = new SimulatorAuthentication(ledger, webhookSecret);
  simulator = createSimulator({
    ledger,
    authentication,
    seed: 'a',
    successRate: 0.5,
    webhookSecret,
  });
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

itKeepsTheProviderContract({
  provider: () => simulator,
  methods: {
    succeeds: 'sim_success',
    declined: 'sim_declined',
    processing: 'sim_processing',
    requiresAction: 'sim_requires_action',
  },
  async authenticate(clientSecret, end) {
    await authentication.complete(clientSecret, end === 'succeeds' ? 'SUCCEEDED' : 'FAILED');
  },
  // It decides after one second.
  finishProcessing: () => undefined,
  whileSilent: (call) => call('sim_timeout'),
  whileUnreachable: (call) => call('sim_unavailable'),
  impossible: [
    () => ({
      request: newCharge('sim_not_possible'),
      method: 'sim_success',
      failureCode: 'unpayable_amount',
    }),
  ],
  refunds: { pending: 'sim_refund_pending', failsLater: 'sim_refund_fails_later' },
  // They change after one or two seconds.
  finishRefunds: () => undefined,
  whileRefundsFail: (call) => call('sim_refund_failed'),
  webhooks: {
    type: 'charge.succeeded',
    bodyOf: ({ id, key, occurredAt }) =>
      JSON.stringify({
        id,
        type: 'charge.succeeded',
        created: Math.floor(occurredAt.getTime() / 1_000),
        data: key === null ? {} : { key, orderId: key.split(':')[0] },
      } satisfies SimulatorWebhookBody),
    sign: (body, { signedAt, forged }) => ({
      [simulatorSignatureHeader]: signSimulatorWebhook(body, {
        secrets: [forged ? 'somebody else' : webhookSecret],
        at: signedAt,
      }),
    }),
  },
});

describe('The simulator', () => {
  it.each([
    ['sim_unavailable', 'provider_unavailable'],
    ['sim_unheard_of', 'unknown_payment_method'],
  ])('rejects %s with %s and stores nothing', async (method, failureCode) => {
    const request = newCharge(method);
    await expect(simulator.charge(request)).rejects.toMatchObject({ name: 'ChargeRejected', failureCode });
    expect(await simulator.inquire(request)).toEqual({ state: 'not_found' });
  });

  it('without a payment method returns the same outcome for each attempt of an order', async () => {
    const requests = Array.from({ length: 20 }, () => newCharge(null));
    const states = new Set<string>();
    for (const request of requests) {
      const { state } = await simulator.charge(request);
      states.add(state);
      expect((await simulator.charge({ ...request, key: `${request.orderId}:2` })).state).toBe(state);
    }
    expect([...states].sort()).toEqual(['declined', 'succeeded']);
  });
});
