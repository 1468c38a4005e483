import { randomUUID } from 'node:crypto';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import type { DataSource } from 'typeorm';
import { connect } from '../src/data-source';
import type { ChargeRequest, PaymentProvider } from '../src/providers/payment-provider';
import { createSimulator } from '../src/providers/simulator/simulator';
import { SimulatorLedgerRepository } from '../src/providers/simulator/simulator-ledger.repository';
import { itKeepsTheProviderContract } from './provider-contract';

let database: TestDatabase;
let dataSource: DataSource;
let simulator: PaymentProvider;

beforeAll(async () => {
  database = await cloneDatabase('payment');
  dataSource = await connect({ DATABASE_URL: database.url, DATABASE_POOL_SIZE: 10 });
  simulator = createSimulator({
    ledger: new SimulatorLedgerRepository(dataSource),
    seed: 'a',
    successRate: 0.5,
  });
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

itKeepsTheProviderContract({
  provider: () => simulator,
  methods: { succeeds: 'sim_success', declined: 'sim_declined' },
});

function newCharge(method: string | null): ChargeRequest {
  const orderId = randomUUID();
  return {
    key: `${orderId}:1`,
    orderId,
    amountCents: 1_999,
    currency: 'EUR',
    method,
    openedAt: new Date(),
    reference: null,
  };
}

describe('The simulator', () => {
  it('with sim_processing decides about a second later', async () => {
    const request = newCharge('sim_processing');
    expect(await simulator.charge(request)).toMatchObject({ state: 'processing' });
    expect(await simulator.inquire(request)).toMatchObject({ state: 'processing' });
    await expect(simulator.refund({ key: 'early', charge: request })).rejects.toThrow();
    await eventually(async () =>
      expect(await simulator.inquire(request)).toMatchObject({ state: 'succeeded' }),
    );
  });

  it('with sim_timeout takes the money and loses the answer, once', async () => {
    const request = newCharge('sim_timeout');
    await expect(simulator.charge(request)).rejects.toMatchObject({ name: 'ProviderTimeout' });
    expect(await simulator.inquire(request)).toMatchObject({ state: 'succeeded' });
    expect(await simulator.charge(request)).toMatchObject({ state: 'succeeded' });
  });

  it.each([
    ['sim_unavailable', 'provider_unavailable'],
    ['sim_unheard_of', 'unknown_payment_method'],
  ])('refuses %s with %s and leaves nothing behind', async (method, failureCode) => {
    const request = newCharge(method);
    await expect(simulator.charge(request)).rejects.toMatchObject({ name: 'ProviderRefused', failureCode });
    expect(await simulator.inquire(request)).toEqual({ state: 'not_found' });
  });

  it('without a method decides by the order, the same for each of its attempts', async () => {
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
