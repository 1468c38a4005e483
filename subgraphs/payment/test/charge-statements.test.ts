import { operatorOutbox } from '@shop/events/outbox';
import { createLogger } from '@shop/kit/logger';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import type { AttemptRequest } from '../src/charge/charge.service';
import { connect } from '../src/data-source';
import type { PaymentProvider } from '../src/providers/payment-provider';
import { createProviders } from '../src/providers/providers';
import { createServices } from '../src/services';
import { newAttempt } from './support/payment-service';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await cloneDatabase('payment');
  dataSource = await connect({ DATABASE_URL: database.url, DATABASE_POOL_SIZE: 5 });
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const charged = ({ key }: { key: string }) =>
  Promise.resolve({ state: 'succeeded' as const, reference: key });

const provider: PaymentProvider = {
  name: 'scripted',
  charge: charged,
  inquire: charged,
  cancel: charged,
  refund: ({ key }) => Promise.resolve({ state: 'succeeded', reference: key }),
  inquireRefund: () => Promise.resolve({ state: 'not_found' }),
  readWebhook() {
    throw new Error('no webhooks here');
  },
};

/** The names of the statements that a charge executes, including BEGIN and COMMIT. */
async function statementsOf(attempt: Partial<AttemptRequest>): Promise<string[]> {
  const logger = createLogger({ service: 'payment' });
  logger.silent = true;
  const { charges } = createServices({
    ...{ dataSource, outbox: operatorOutbox, logger },
    providers: createProviders(provider),
  });
  const sent = jest.spyOn(Client.prototype, 'query');
  await charges.charge({ ...newAttempt(), paymentMethod: 'any', ...attempt });
  const statements = sent.mock.calls.map(([query]: unknown[]) =>
    typeof query === 'string' ? query : (query as { name: string }).name,
  );
  sent.mockRestore();
  return statements;
}

const [open, decide] = ['PaymentRepository.open', 'PaymentRepository.decide'];
const eventsOf = (orderId: string) =>
  dataSource.query(`SELECT FROM event_deliveries WHERE event #>> '{data,orderId}' = $1`, [orderId]);

describe('A charge', () => {
  it('executes two statements, before and after the provider call, with the event in the second', async () => {
    const attempt = newAttempt();
    expect(await statementsOf(attempt)).toEqual([open, decide]);
    expect(await eventsOf(attempt.orderId)).toHaveLength(1);
  });

  it.each<[string, Partial<AttemptRequest>]>([
    ['of 0', { amountCents: 0 }],
    ['with a payment method that cannot be a token', { paymentMethod: 'no token \u0000' }],
  ])('%s executes one statement with its event', async (_what, changes) => {
    const attempt = { ...newAttempt(), ...changes };
    expect(await statementsOf(attempt)).toEqual([open]);
    expect(await eventsOf(attempt.orderId)).toHaveLength(1);
  });

  it('that is repeated reads the attempt and inserts no event', async () => {
    const attempt = newAttempt();
    await statementsOf(attempt);
    expect(await statementsOf(attempt)).toEqual([open, 'PaymentRepository.findByAttempt']);
    expect(await eventsOf(attempt.orderId)).toHaveLength(1);
  });
});
