import { operatorOutbox } from '@shop/events/outbox';
import { createLogger } from '@shop/kit/logger';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import type { DataSource } from 'typeorm';
import { connect } from '../src/data-source';
import type { ChargeState, PaymentProvider } from '../src/providers/payment-provider';
import { createProviders } from '../src/providers/providers';
import { createServices } from '../src/services';
import { ManualSettlementService } from '../src/settlement/manual-settlement.service';
import { SettlementRepository } from '../src/settlement/settlement.repository';
import { newAttempt } from './support/payment-service';

let database: TestDatabase;
let dataSource: DataSource;
/** Undefined: the provider does not respond. */
let result: ChargeState | undefined;

beforeAll(async () => {
  database = await cloneDatabase('payment');
  dataSource = await connect({ DATABASE_URL: database.url, DATABASE_POOL_SIZE: 5 });
});
beforeEach(() => {
  result = undefined;
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const respond = () => (result ? Promise.resolve(result) : Promise.reject(new Error('no response')));

const provider: PaymentProvider = {
  name: 'scripted',
  charge: respond,
  inquire: respond,
  cancel: respond,
  refund: ({ key }) => Promise.resolve({ state: 'succeeded', reference: key }),
  inquireRefund: () => Promise.resolve({ state: 'not_found' }),
  readWebhook() {
    throw new Error('no webhooks here');
  },
};

/** A payment that was settled without the provider. */
async function settled(settledAs: 'SUCCEEDED' | 'FAILED') {
  const logger = createLogger({ service: 'payment' });
  logger.silent = true;
  const logged = jest.spyOn(logger, 'error');
  const services = createServices({
    ...{ dataSource, outbox: operatorOutbox, logger },
    providers: createProviders(provider),
  });
  const { id } = await services.charges.charge({ ...newAttempt(), paymentMethod: 'any' });
  const manual = new ManualSettlementService({
    dataSource,
    payments: services.payments,
    settlements: new SettlementRepository(dataSource),
    findProvider: () => Promise.resolve(undefined),
  });
  const request = { paymentId: id, settledAs, reason: 'by telephone', askedProvider: false };
  expect(await manual.settle(request)).toMatchObject({ kind: 'SETTLED' });
  const isDue = async () => {
    const [row] = await dataSource.query<[{ isDue: boolean }]>(
      'SELECT due_at <= now() AS "isDue" FROM settlements WHERE payment_id = $1',
      [id],
    );
    return row.isDue;
  };
  return { id, logged, isDue, close: () => services.keyClosing.close({ paymentId: id, settledAs }) };
}

const doubleCharge = 'payment was settled by hand and the provider charged it as well';

describe('A settlement without the provider', () => {
  it.each(['SUCCEEDED', 'FAILED'] as const)(
    'stays due until the provider has decided a payment that was settled as %s',
    async (settledAs) => {
      const { close, isDue } = await settled(settledAs);
      await expect(close()).rejects.toThrow('has not decided payment');
      result = { state: 'processing', reference: 'ch' };
      await expect(close()).rejects.toThrow('has not decided payment');
      expect(await isDue()).toBe(true);
      result = { state: 'cancelled', reference: 'ch' };
      await close();
      expect(await isDue()).toBeNull();
    },
  );

  it('logs an error if the provider has charged a payment that was settled as succeeded', async () => {
    const { id, logged, close } = await settled('SUCCEEDED');
    result = { state: 'succeeded', reference: 'ch' };
    await close();
    expect(logged).toHaveBeenCalledWith(
      doubleCharge,
      expect.objectContaining({
        paymentId: id,
        remedy: expect.stringContaining('check whether the customer paid twice') as string,
      }),
    );
  });

  it.each([
    ['SUCCEEDED', { state: 'cancelled', reference: 'ch' }],
    ['FAILED', { state: 'succeeded', reference: 'ch' }],
  ] as const)('logs no error after a settlement as %s and the response %j', async (settledAs, given) => {
    const { logged, close } = await settled(settledAs);
    result = given;
    await close();
    expect(logged).not.toHaveBeenCalled();
  });
});
