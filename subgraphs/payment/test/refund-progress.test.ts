import { operatorOutbox } from '@shop/events/outbox';
import { createLogger } from '@shop/kit/logger';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import type { DataSource } from 'typeorm';
import { connect } from '../src/data-source';
import { settleRefund } from '../src/operations/refund-commands';
import {
  ChargeRejected,
  type PaymentProvider,
  RefundRejected,
  type RefundRequest,
  type RefundState,
} from '../src/providers/payment-provider';
import { createProviders } from '../src/providers/providers';
import { RefundRepository } from '../src/refund/refund.repository';
import { createServices } from '../src/services';
import { newAttempt } from './support/payment-service';

type ProviderResult = RefundState | { state: 'not_found' } | Error;

let database: TestDatabase;
let dataSource: DataSource;
let refunds: RefundRepository;
let result: ProviderResult | Promise<ProviderResult>;
let calls: { call: 'refund' | 'inquireRefund'; key: string }[];

beforeAll(async () => {
  database = await cloneDatabase('payment');
  dataSource = await connect({ DATABASE_URL: database.url, DATABASE_POOL_SIZE: 5 });
  refunds = new RefundRepository(dataSource);
});
beforeEach(() => {
  calls = [];
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const noResponse = new Error('no response');
const succeeded: ProviderResult = { state: 'succeeded', reference: 're' };
const pending: ProviderResult = { state: 'pending', reference: 're' };
const failed: ProviderResult = { state: 'failed', reference: 're', failureCode: 'declined' };

/** A fake provider whose responses about refunds the test sets. */
function scripted(call: 'refund' | 'inquireRefund') {
  return async ({ key }: RefundRequest): Promise<never> => {
    calls.push({ call, key });
    const given = await result;
    if (given instanceof Error) throw given;
    return given as never;
  };
}

const provider: PaymentProvider = {
  name: 'scripted',
  charge: ({ key }) => Promise.resolve({ state: 'succeeded', reference: key }),
  inquire: ({ key }) => Promise.resolve({ state: 'succeeded', reference: key }),
  cancel: ({ key }) => Promise.resolve({ state: 'cancelled', reference: key }),
  refund: scripted('refund'),
  inquireRefund: scripted('inquireRefund'),
  readWebhook() {
    throw new Error('no webhooks here');
  },
};

let loggedErrors: jest.SpyInstance;

function services() {
  const logger = createLogger({ service: 'payment' });
  logger.silent = true;
  loggedErrors = jest.spyOn(logger, 'error');
  return createServices({
    ...{ dataSource, outbox: operatorOutbox, logger },
    providers: createProviders(provider),
  });
}

/** A payment whose refund was requested and not tried yet. */
async function begunRefund() {
  const { charges, refunds, refundProgress } = services();
  const attempt = { ...newAttempt(), paymentMethod: 'any' };
  const { id } = await charges.charge(attempt);
  expect(await refunds.refundOrder(attempt.orderId)).toEqual({ kind: 'PENDING' });
  const firstKey = `refund:${attempt.orderId}:1`;
  return {
    id,
    firstKey,
    orderId: attempt.orderId,
    /** One try with this response of the provider. */
    async advance(given: ProviderResult | Promise<ProviderResult>) {
      result = given;
      return refundProgress.advance(id);
    },
  };
}

interface State {
  payment: string;
  failureCode: string | null;
  refund: string;
  code: string | null;
  tries: number;
  pauseSeconds: number | null;
}

async function stateOf(paymentId: string): Promise<State> {
  const [state] = await dataSource.query<[State]>(
    `SELECT payments.status AS payment, payments.failure_code AS "failureCode", refunds.status AS refund,
            refunds.failure_code AS code, tries,
            extract(epoch FROM refunds.due_at - now())::float8 AS "pauseSeconds"
     FROM refunds JOIN payments ON payments.id = payment_id WHERE payment_id = $1`,
    [paymentId],
  );
  return state;
}

/** Types of the outbox events about the refund, in publication order. */
async function eventsOf(paymentId: string): Promise<unknown[]> {
  const rows = await dataSource.query<{ type: string }[]>(
    `SELECT event ->> 'type' AS type FROM event_deliveries
      WHERE event ->> 'type' LIKE 'payment.refund%' AND event ->> 'subject' = $1 ORDER BY created_at`,
    [paymentId],
  );
  return rows.map(({ type }) => type);
}

const isDue = async (paymentId: string) => {
  const [row] = await dataSource.query<[{ isDue: boolean }]>(
    'SELECT due_at IS NOT NULL AS "isDue" FROM refunds WHERE payment_id = $1',
    [paymentId],
  );
  return row.isDue;
};

const letRoundAge = (paymentId: string) =>
  dataSource.query(`UPDATE refunds SET round_began_at = now() - interval '4 days' WHERE payment_id = $1`, [
    paymentId,
  ]);

describe('A refund that the provider does not confirm', () => {
  it.each([
    ['is pending', pending],
    ['gets no response', noResponse],
  ])('and that %s is retried after 5 s, 10 s, 20 s … 1 h, less up to half of it', async (_how, given) => {
    const refund = await begunRefund();
    const steps = [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600, 3_600];
    for (const [index, step] of steps.entries()) {
      await refund.advance(given);
      const state = await stateOf(refund.id);
      expect(state).toMatchObject({ payment: 'SUCCEEDED', refund: 'PENDING', tries: index + 1 });
      // Part of the pause has passed.
      expect(state.pauseSeconds).toBeGreaterThan(step / 2 - 2);
      expect(state.pauseSeconds).toBeLessThanOrEqual(step);
    }
    expect(await isDue(refund.id)).toBe(true);
    expect(new Set(calls.map(({ key }) => key))).toEqual(new Set([refund.firstKey]));
  });

  it('is not counted as failing work', async () => {
    const refund = await begunRefund();
    await dataSource.query('UPDATE refunds SET due_tries = 9 WHERE payment_id = $1', [refund.id]);
    await refund.advance(pending);
    const sql = 'SELECT status, due_tries FROM refunds WHERE payment_id = $1';
    expect(await dataSource.query(sql, [refund.id])).toEqual([{ status: 'PENDING', due_tries: 0 }]);
  });

  it('is inquired about, and not requested again', async () => {
    const refund = await begunRefund();
    for (let tries = 0; tries < 3; tries += 1) await refund.advance(pending);
    expect(calls.map(({ call }) => call)).toEqual(['refund', 'inquireRefund', 'inquireRefund']);
  });

  it.each([
    ['provider_pending', pending],
    ['provider_no_answer', noResponse],
  ])('within three days is FAILED with %s and not retried', async (code, given) => {
    const refund = await begunRefund();
    await refund.advance(given);
    await letRoundAge(refund.id);
    await refund.advance(given);
    expect(await stateOf(refund.id)).toMatchObject({ payment: 'SUCCEEDED', refund: 'FAILED', code });
    expect(await isDue(refund.id)).toBe(false);
    expect(await eventsOf(refund.id)).toEqual(['payment.refund_failed']);
    expect(await refunds.listUnfinished(['FAILED'], 100)).toContainEqual(
      expect.objectContaining({ paymentId: refund.id, isDefinite: false, providerKey: refund.firstKey }),
    );
  });

  it('and was given up is SUCCEEDED if the provider confirms it later', async () => {
    const refund = await begunRefund();
    await letRoundAge(refund.id);
    await refund.advance(noResponse);
    expect(await refund.advance(noResponse)).toBe(false);
    expect(await stateOf(refund.id)).toMatchObject({ refund: 'FAILED', code: 'provider_no_answer' });
    await refund.advance(succeeded);
    expect(await stateOf(refund.id)).toMatchObject({ payment: 'REFUNDED', refund: 'SUCCEEDED', code: null });
    expect(await eventsOf(refund.id)).toEqual(['payment.refund_failed', 'payment.refunded']);
  });

  it('and was given up keeps its key when an operator retries it: a refund that was made is found', async () => {
    const refund = await begunRefund();
    await letRoundAge(refund.id);
    await refund.advance(noResponse);
    expect(await refunds.retry(refund.id)).toBe(true);
    expect(await isDue(refund.id)).toBe(true);
    await refund.advance(succeeded);
    expect(new Set(calls.map(({ key }) => key))).toEqual(new Set([refund.firstKey]));
    expect(await stateOf(refund.id)).toMatchObject({ payment: 'REFUNDED', refund: 'SUCCEEDED' });
  });

  it('and was given up is inquired about after a webhook, not requested again', async () => {
    const refund = await begunRefund();
    await letRoundAge(refund.id);
    await refund.advance(noResponse);
    await refund.advance({ state: 'not_found' });
    expect(calls.at(-1)).toMatchObject({ call: 'inquireRefund' });
    expect(await stateOf(refund.id)).toMatchObject({ refund: 'FAILED', code: 'provider_no_answer' });
  });
});

describe('A refund whose provider throws ChargeRejected', () => {
  it('stays PENDING, because its outcome is still unknown', async () => {
    const refund = await begunRefund();
    await refund.advance(new ChargeRejected('provider_unavailable', 'connection refused'));
    expect(await stateOf(refund.id)).toMatchObject({ payment: 'SUCCEEDED', refund: 'PENDING', tries: 1 });
    expect(await isDue(refund.id)).toBe(true);
  });
});

describe('A refund that the provider fails', () => {
  it.each<[string, ProviderResult, string]>([
    ['returns failed', failed, 'declined'],
    ['rejects it', new RefundRejected('charge_disputed', 'no'), 'charge_disputed'],
  ])('because it %s is FAILED after one call', async (_how, given, code) => {
    const refund = await begunRefund();
    await refund.advance(given);
    expect(await stateOf(refund.id)).toMatchObject({
      payment: 'SUCCEEDED',
      refund: 'FAILED',
      code,
      tries: 1,
    });
    expect(await isDue(refund.id)).toBe(false);
    expect(await eventsOf(refund.id)).toEqual(['payment.refund_failed']);
  });

  it('is retried by an operator under a new key in each round', async () => {
    const refund = await begunRefund();
    for (const _round of [1, 2]) {
      await refund.advance(failed);
      expect(await refunds.retry(refund.id)).toBe(true);
      expect(await refunds.retry(refund.id)).toBe(false);
    }
    await refund.advance(succeeded);
    const keys = calls.map(({ key }) => key);
    expect(keys).toEqual([refund.firstKey, `${refund.firstKey}:2`, `${refund.firstKey}:3`]);
    expect(await stateOf(refund.id)).toMatchObject({ payment: 'REFUNDED', refund: 'SUCCEEDED' });
  });

  it('after it succeeded is FAILED, and the payment SUCCEEDED again', async () => {
    const refund = await begunRefund();
    await refund.advance(succeeded);
    await refund.advance(succeeded);
    await refund.advance(failed);
    await refund.advance(failed);
    expect(await stateOf(refund.id)).toMatchObject({
      payment: 'SUCCEEDED',
      refund: 'FAILED',
      code: 'declined',
    });
    expect(await eventsOf(refund.id)).toEqual(['payment.refunded', 'payment.refund_failed']);
  });

  it('after it succeeded returns a payment to FAILED that was FAILED before, beside the one that pays the order', async () => {
    const refund = await begunRefund();
    await dataSource.query(
      `UPDATE refunds SET payment_failure_code = 'provider_unavailable' WHERE payment_id = $1`,
      [refund.id],
    );
    await refund.advance(succeeded);
    const { charges } = services();
    const second = await charges.charge({
      ...newAttempt({ orderId: refund.orderId, attempt: 2 }),
      paymentMethod: 'any',
    });
    expect(second.status).toBe('SUCCEEDED');
    await refund.advance(failed);
    expect(await stateOf(refund.id)).toMatchObject({
      payment: 'FAILED',
      failureCode: 'provider_unavailable',
      refund: 'FAILED',
    });
  });

  it('is settled by an operator with a reason, and later results of the provider change nothing', async () => {
    const refund = await begunRefund();
    await refund.advance(failed);
    const settled = { paymentId: refund.id, reason: 'bank transfer 4711', isUnconfirmed: false };
    expect(await settleRefund(dataSource, settled)).toBe(true);
    expect(await settleRefund(dataSource, settled)).toBe(false);
    await refund.advance(failed);
    expect(loggedErrors).not.toHaveBeenCalledWith(madeAsWell, expect.anything());
    expect(await stateOf(refund.id)).toMatchObject({ payment: 'REFUNDED', refund: 'SUCCEEDED' });
    expect(await eventsOf(refund.id)).toEqual(['payment.refund_failed', 'payment.refunded']);
    const [row] = await dataSource.query<unknown[]>(
      'SELECT settled_reason AS reason, settled_at IS NOT NULL AS "hasTime" FROM refunds WHERE payment_id = $1',
      [refund.id],
    );
    expect(row).toEqual({ reason: settled.reason, hasTime: true });
  });
});

const madeAsWell = 'refund was settled by hand and the provider made it as well';

describe('A refund that was given up', () => {
  async function givenUp() {
    const refund = await begunRefund();
    await letRoundAge(refund.id);
    await refund.advance(noResponse);
    expect(await stateOf(refund.id)).toMatchObject({ refund: 'FAILED', code: 'provider_no_answer' });
    return refund;
  }
  const reason = 'bank transfer 4711';

  it('is not settled by an operator unless the missing confirmation is accepted', async () => {
    const { id: paymentId } = await givenUp();
    expect(await settleRefund(dataSource, { paymentId, reason, isUnconfirmed: false })).toBe(false);
    expect(await stateOf(paymentId)).toMatchObject({ payment: 'SUCCEEDED', refund: 'FAILED' });
    expect(await settleRefund(dataSource, { paymentId, reason, isUnconfirmed: true })).toBe(true);
    expect(await stateOf(paymentId)).toMatchObject({ payment: 'REFUNDED', refund: 'SUCCEEDED' });
  });

  it('and was settled is inquired about after a webhook: an error is logged if the provider made it as well', async () => {
    const refund = await givenUp();
    const settled = { paymentId: refund.id, reason, isUnconfirmed: true };
    expect(await settleRefund(dataSource, settled)).toBe(true);
    const [before] = await dataSource.query<unknown[]>('SELECT * FROM refunds WHERE payment_id = $1', [
      refund.id,
    ]);
    expect(await refund.advance(noResponse)).toBe(false);
    expect(await refund.advance({ state: 'not_found' })).toBe(true);
    expect(loggedErrors).not.toHaveBeenCalledWith(madeAsWell, expect.anything());
    expect(await refund.advance(succeeded)).toBe(true);
    expect(loggedErrors).toHaveBeenCalledWith(
      madeAsWell,
      expect.objectContaining({ paymentId: refund.id, orderId: refund.orderId }),
    );
    expect(calls.filter(({ call }) => call === 'refund')).toHaveLength(1);
    const [after] = await dataSource.query<unknown[]>('SELECT * FROM refunds WHERE payment_id = $1', [
      refund.id,
    ]);
    expect(after).toEqual(before);
  });
});

describe('Concurrent tries of a refund', () => {
  it('store only the result of the latest: a late result of an older one is discarded', async () => {
    const refund = await begunRefund();
    await refund.advance(succeeded);
    const stalled = Promise.withResolvers<ProviderResult>();
    const older = refund.advance(stalled.promise);
    await new Promise(setImmediate);
    while (calls.length < 2) await new Promise(setImmediate);
    await refund.advance(failed);
    stalled.resolve(succeeded);
    await older;
    expect(await stateOf(refund.id)).toMatchObject({ payment: 'SUCCEEDED', refund: 'FAILED' });
  });

  it('schedule the next try before the provider is called, so that a crash does not lose the refund', async () => {
    const refund = await begunRefund();
    const stalled = Promise.withResolvers<ProviderResult>();
    const trying = refund.advance(stalled.promise);
    while (calls.length < 1) await new Promise(setImmediate);
    expect(await isDue(refund.id)).toBe(true);
    expect((await stateOf(refund.id)).pauseSeconds).toBeGreaterThan(5);
    stalled.resolve(succeeded);
    await trying;
    expect(await isDue(refund.id)).toBe(false);
  });
});
