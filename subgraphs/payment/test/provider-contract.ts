import { randomUUID } from 'node:crypto';
import { eventually } from '@shop/testkit/eventually';
import {
  type ChargeRequest,
  ImpossibleCharge,
  type PaymentProvider,
  type PermanentFailureCode,
} from '../src/providers/payment-provider';
import { itReadsWebhooks, type WebhooksUnderTest } from './webhook-contract';

/** The fixtures that an adapter must provide for the contract tests. */
export interface ProviderUnderTest {
  provider: () => PaymentProvider;
  /** Payment methods by outcome. */
  methods: { succeeds: string; declined: string; processing: string; requiresAction: string };
  /** Ends the authentication like the customer's browser; has no effect after its end. */
  authenticate(clientSecret: string, end: 'succeeds' | 'fails'): Promise<void>;
  /** Decides charges with the method `processing`, now or soon. */
  finishProcessing(): void;
  /**
   * Runs the callback with a method, or at a time, for which the provider charges and does not
   * respond.
   */
  whileSilent<T>(call: (method: string) => Promise<T>): Promise<T>;
  /**
   * Charges that the provider can never make, each with its failure code; `method` would succeed
   * otherwise.
   */
  impossible: (() => { request: ChargeRequest; method: string; failureCode: PermanentFailureCode })[];
  /** Runs the callback while connections to the provider are rejected. */
  whileUnreachable<T>(call: (method: string) => Promise<T>): Promise<T>;
  /** Payment methods whose charge succeeds, by the outcome of the refund. */
  refunds: { pending: string; failsLater: string };
  /** Lets pending refunds succeed and refunds with a late failure fail, now or soon. */
  finishRefunds(): void;
  /** Runs the callback with a method, or at a time, for which refunds fail immediately. */
  whileRefundsFail<T>(call: (method: string) => Promise<T>): Promise<T>;
  webhooks: WebhooksUnderTest;
}

/** The first attempt of a new order. */
export function newCharge(method: string | null, changes: Partial<ChargeRequest> = {}): ChargeRequest {
  const orderId = randomUUID();
  return {
    key: `${orderId}:1`,
    orderId,
    amountCents: 1_999,
    currency: 'EUR',
    method,
    openedAt: new Date(),
    reference: null,
    returnUrl: null,
    ...changes,
  };
}

/**
 * Rules that the charge, settlement, refund and webhook services rely on, for every payment
 * provider.
 */
export function itKeepsTheProviderContract(underTest: ProviderUnderTest): void {
  describe('a payment provider', () => {
    itCharges(underTest);
    itHandlesUnknownOutcomes(underTest);
    itRejectsImpossibleCharges(underTest);
    itClosesKeys(underTest);
    itWaitsForAuthentication(underTest);
    itRefunds(underTest);
    itFollowsRefunds(underTest);
    itReadsWebhooks(underTest);
  });
}

function itCharges({ provider, methods }: ProviderUnderTest): void {
  it('charges, and returns the same for a repeat of the key', async () => {
    const request = newCharge(methods.succeeds);
    const first = await provider().charge(request);
    expect(first).toEqual({ state: 'succeeded', reference: expect.any(String) });
    expect(await provider().charge(request)).toEqual(first);
    expect(await provider().inquire(request)).toEqual(first);
    expect(await provider().inquire({ ...request, reference: first.reference })).toEqual(first);
  });

  it('charges once for 20 concurrent calls with one key', async () => {
    const request = newCharge(methods.succeeds);
    const results = await Promise.all(Array.from({ length: 20 }, () => provider().charge(request)));
    expect(new Set(results.map((result) => result.reference)).size).toBe(1);
  });

  it('declines with a failure code, and returns the same for a repeat', async () => {
    const request = newCharge(methods.declined);
    const first = await provider().charge(request);
    expect(first).toEqual({
      state: 'declined',
      reference: expect.any(String),
      failureCode: expect.stringMatching(/^[a-z_]+$/),
    });
    expect(await provider().charge(request)).toEqual(first);
    expect(await provider().inquire(request)).toEqual(first);
  });

  it('rejects a used key with another amount or currency', async () => {
    const request = newCharge(methods.succeeds);
    const { reference } = await provider().charge(request);
    for (const other of [{ amountCents: 2_000 }, { currency: 'USD' }, { amountCents: 2_000, reference }]) {
      const outcome = provider().charge({ ...request, ...other });
      await expect(outcome).rejects.not.toMatchObject({ name: 'ChargeRejected' });
    }
  });
}

function itHandlesUnknownOutcomes(underTest: ProviderUnderTest): void {
  const { provider, methods } = underTest;

  it('decides a processing charge later, and does not refund it before', async () => {
    const request = newCharge(methods.processing);
    const first = await provider().charge(request);
    expect(first).toEqual({ state: 'processing', reference: expect.any(String) });
    expect(await provider().inquire(request)).toEqual(first);
    expect(await provider().cancel(request)).toEqual(first);
    await expectUnknownRefund(provider(), request);
    underTest.finishProcessing();
    await eventually(async () =>
      expect(await provider().inquire(request)).toEqual({ ...first, state: 'succeeded' }),
    );
  });

  it('charges once if the response was lost, and then returns succeeded', async () => {
    const request = await underTest.whileSilent(async (method) => {
      const silent = newCharge(method);
      await expect(provider().charge(silent)).rejects.toMatchObject({ name: 'ProviderTimeout' });
      return silent;
    });
    const found = await provider().inquire(request);
    expect(found).toEqual({ state: 'succeeded', reference: expect.any(String) });
    expect(await provider().charge(request)).toEqual(found);
    expect(await provider().cancel(request)).toEqual(found);
  });

  it('charges nothing if the connection was refused', async () => {
    const request = await underTest.whileUnreachable(async (method) => {
      const rejected = newCharge(method);
      await expect(provider().charge(rejected)).rejects.toMatchObject({
        name: 'ChargeRejected',
        failureCode: 'provider_unavailable',
      });
      return rejected;
    });
    expect(await provider().inquire(request)).toEqual({ state: 'not_found' });
    expect(await provider().charge({ ...request, method: methods.succeeds })).toMatchObject({
      state: 'succeeded',
    });
  });

  it('rejects an unknown payment method, and charges nothing', async () => {
    const request = newCharge('no_such_method');
    const failureCode = 'unknown_payment_method';
    await expect(provider().charge(request)).rejects.toMatchObject({ name: 'ChargeRejected', failureCode });
    expect(await provider().inquire(request)).toEqual({ state: 'not_found' });
    expect(await provider().cancel(request)).toMatchObject({ state: 'cancelled' });
  });

  it('returns not_found for an unused key', async () => {
    expect(await provider().inquire(newCharge(methods.succeeds))).toEqual({ state: 'not_found' });
  });
}

function itRejectsImpossibleCharges({ provider, impossible }: ProviderUnderTest): void {
  it('rejects an impossible charge each time, charges nothing, and closes the key', async () => {
    for (const make of impossible) {
      const { request, method, failureCode } = make();
      const rejection = { name: 'ChargeRejected', failureCode };
      await expect(provider().charge(request)).rejects.toMatchObject(rejection);
      await expect(provider().charge(request)).rejects.toBeInstanceOf(ImpossibleCharge);
      const closed = { state: 'cancelled', reference: expect.any(String), failureCode };
      expect(await provider().inquire(request)).toEqual(closed);
      expect(await provider().cancel(request)).toEqual(closed);
      const otherwise = await provider()
        .charge({ ...request, method })
        .catch((error: unknown) => error);
      expect([otherwise instanceof ImpossibleCharge, otherwise]).toEqual(
        otherwise instanceof ImpossibleCharge
          ? [true, expect.objectContaining(rejection)]
          : [false, expect.objectContaining({ state: 'cancelled' })],
      );
      await expectChargeNotFound(provider(), request);
    }
  });

  it('closes the key of an impossible charge that was never sent, with the same failure code', async () => {
    for (const make of impossible) {
      const { request, failureCode } = make();
      expect(await provider().cancel(request)).toMatchObject({ state: 'cancelled', failureCode });
      await expect(provider().charge(request)).rejects.toBeInstanceOf(ImpossibleCharge);
    }
  });
}

function itClosesKeys({ provider, methods }: ProviderUnderTest): void {
  it('never charges under a key that was closed', async () => {
    const request = newCharge(methods.succeeds);
    const closed = await provider().cancel(request);
    expect(closed).toEqual({ state: 'cancelled', reference: expect.any(String) });
    expect(await provider().charge(request)).toEqual(closed);
    expect(await provider().inquire(request)).toEqual(closed);
    expect(await provider().cancel(request)).toEqual(closed);
  });

  it('does not close a key that was charged or declined', async () => {
    for (const method of [methods.succeeds, methods.declined]) {
      const request = newCharge(method);
      const charged = await provider().charge(request);
      expect(await provider().cancel(request)).toEqual(charged);
    }
  });

  it('lets exactly one of a concurrent charge and cancel win', async () => {
    for (let round = 0; round < 10; round += 1) {
      const request = newCharge(methods.succeeds);
      const [charged, closed] = await Promise.all([provider().charge(request), provider().cancel(request)]);
      expect(charged).toEqual(closed);
    }
  });
}

function itWaitsForAuthentication({ provider, methods, authenticate, webhooks }: ProviderUnderTest): void {
  const beginAction = async () => {
    const request = newCharge(methods.requiresAction);
    const state = await provider().charge(request);
    if (state.state !== 'requires_action') throw new Error(`the charge is ${state.state}`);
    return { request, state, clientSecret: state.nextAction.clientSecret };
  };

  it('returns requires_action with the same client secret each time, and charges nothing before the authentication', async () => {
    const { request, state } = await beginAction();
    expect(state).toEqual({
      state: 'requires_action',
      reference: expect.any(String),
      nextAction: {
        type: expect.stringMatching(/^[a-z_]+$/),
        clientSecret: expect.stringMatching(/^.{20,}$/),
        redirectUrl: null,
      },
    });
    expect(await provider().charge(request)).toEqual(state);
    expect(await provider().inquire({ ...request, reference: state.reference })).toEqual(state);
    await expectUnknownRefund(provider(), request);
  });

  it('charges once the customer has authenticated, and then keeps returning succeeded', async () => {
    const { request, state, clientSecret } = await beginAction();
    await authenticate(clientSecret, 'succeeds');
    const succeeded = { state: 'succeeded', reference: state.reference };
    expect(await provider().inquire(request)).toEqual(succeeded);
    expect(await provider().charge(request)).toEqual(succeeded);
    expect(await provider().cancel(request)).toEqual(succeeded);
  });

  it('declines with authentication_failed if the customer fails to authenticate, and never charges after that', async () => {
    const { request, state, clientSecret } = await beginAction();
    await authenticate(clientSecret, 'fails');
    const declined = {
      state: 'declined',
      reference: state.reference,
      failureCode: 'authentication_failed',
    };
    expect(await provider().inquire(request)).toEqual(declined);
    await authenticate(clientSecret, 'succeeds');
    expect(await provider().inquire(request)).toEqual(declined);
    expect(await provider().charge(request)).toEqual(declined);
    expect(await provider().cancel(request)).toEqual(declined);
  });

  it('charges nothing if the customer authenticates after the key was closed', async () => {
    const { request, state, clientSecret } = await beginAction();
    const closed = { state: 'cancelled', reference: state.reference };
    expect(await provider().cancel(request)).toEqual(closed);
    await authenticate(clientSecret, 'succeeds');
    expect(await provider().inquire(request)).toEqual(closed);
    expect(await provider().cancel(request)).toEqual(closed);
  });

  it('lets exactly one of a concurrent authentication and cancel win', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { request, clientSecret } = await beginAction();
      const [, closed] = await Promise.all([
        authenticate(clientSecret, 'succeeds'),
        provider().cancel(request),
      ]);
      expect(['succeeded', 'cancelled']).toContain(closed.state);
      expect(await provider().inquire(request)).toEqual(closed);
    }
  });

  it('returns the current state to an inquiry if the webhook arrived before the response to the charge', async () => {
    const request = newCharge(methods.requiresAction);
    const unread = provider().charge(request);
    const waiting = await eventually(async () => {
      const found = await provider().inquire(request);
      if (found.state !== 'requires_action') throw new Error(`the charge is ${found.state}`);
      return found;
    });
    await authenticate(waiting.nextAction.clientSecret, 'succeeds');
    const body = webhooks.bodyOf({ id: 'evt_early', key: request.key, occurredAt: new Date() });
    const headers = webhooks.sign(body, { signedAt: new Date() });
    const notice = provider().readWebhook({ body: Buffer.from(body), headers });
    expect(notice.chargeKey).toBe(request.key);
    const succeeded = { state: 'succeeded', reference: waiting.reference };
    expect(await provider().inquire(request)).toEqual(succeeded);
    expect(['requires_action', 'succeeded']).toContain((await unread).state);
    expect(await provider().charge(request)).toEqual(succeeded);
  });
}

const chargeNotFound = { name: 'RefundRejected', failureCode: 'charge_not_found' };

async function expectChargeNotFound(provider: PaymentProvider, charge: ChargeRequest): Promise<void> {
  await expect(provider.refund({ key: `refund:${charge.key}`, charge })).rejects.toMatchObject(
    chargeNotFound,
  );
}

/** The charge is undecided; a later try can refund it. */
async function expectUnknownRefund(provider: PaymentProvider, charge: ChargeRequest): Promise<void> {
  const outcome = provider.refund({ key: `refund:${charge.key}`, charge });
  await expect(outcome).rejects.not.toMatchObject({ name: 'RefundRejected' });
}

async function newRefund({ provider }: ProviderUnderTest, method: string) {
  const charge = newCharge(method);
  expect(await provider().charge(charge)).toMatchObject({ state: 'succeeded' });
  return { key: `refund:${charge.key}`, charge };
}

function itFollowsRefunds(underTest: ProviderUnderTest): void {
  const { provider } = underTest;

  it('returns a pending refund for each repeat, and succeeded once the provider has confirmed it', async () => {
    const refund = await newRefund(underTest, underTest.refunds.pending);
    const first = await provider().refund(refund);
    expect(first).toEqual({ state: 'pending', reference: expect.any(String) });
    expect(await provider().refund(refund)).toEqual(first);
    expect(await provider().inquireRefund(refund)).toEqual(first);
    underTest.finishRefunds();
    const succeeded = { ...first, state: 'succeeded' };
    await eventually(async () => expect(await provider().inquireRefund(refund)).toEqual(succeeded));
    expect(await provider().refund(refund)).toEqual(succeeded);
  });

  it('returns a failed refund with a reason for each repeat, and refunds under another key', async () => {
    const { refund, first } = await underTest.whileRefundsFail(async (method) => {
      const made = await newRefund(underTest, method);
      return { refund: made, first: await provider().refund(made) };
    });
    const failureCode = expect.stringMatching(/^[a-z_]+$/) as string;
    expect(first).toEqual({ state: 'failed', reference: expect.any(String), failureCode });
    expect(await provider().refund(refund)).toEqual(first);
    expect(await provider().inquireRefund(refund)).toEqual(first);
    const second = await provider().refund({ ...refund, key: `${refund.key}:2` });
    expect(second).toMatchObject({ state: 'succeeded' });
    expect(second.reference).not.toBe(first.reference);
  });

  it('returns failed for a refund that fails after it succeeded', async () => {
    const refund = await newRefund(underTest, underTest.refunds.failsLater);
    const first = await provider().refund(refund);
    expect(first).toEqual({ state: 'succeeded', reference: expect.any(String) });
    underTest.finishRefunds();
    await eventually(async () =>
      expect(await provider().inquireRefund(refund)).toMatchObject({
        state: 'failed',
        reference: first.reference,
      }),
    );
    expect(await provider().refund(refund)).toMatchObject({ state: 'failed', reference: first.reference });
  });

  it('refunds once for 20 concurrent calls with one key', async () => {
    for (const method of [underTest.methods.succeeds, underTest.refunds.pending]) {
      const refund = await newRefund(underTest, method);
      const results = await Promise.all(Array.from({ length: 20 }, () => provider().refund(refund)));
      expect(new Set(results.map((result) => result.reference)).size).toBe(1);
    }
  });

  it('returns not_found for the refund of an unused key', async () => {
    const { charge } = await newRefund(underTest, underTest.methods.succeeds);
    expect(await provider().inquireRefund({ key: 'never', charge })).toEqual({ state: 'not_found' });
  });
}

function itRefunds({ provider, methods }: ProviderUnderTest): void {
  it('refunds a charge once, also under another key', async () => {
    const charge = newCharge(methods.succeeds);
    await provider().charge(charge);
    const refund = { key: `refund:${charge.key}`, charge };
    const results = await Promise.all(Array.from({ length: 5 }, () => provider().refund(refund)));
    expect(results[0]).toEqual({ state: 'succeeded', reference: expect.any(String) });
    for (const result of [...results, await provider().refund(refund)]) expect(result).toEqual(results[0]);
    await expect(provider().refund({ key: `other:${charge.key}`, charge })).rejects.toMatchObject({
      name: 'RefundRejected',
      failureCode: 'charge_already_refunded',
    });
  });

  it('rejects the refund of a declined or closed charge with charge_not_found', async () => {
    const declined = newCharge(methods.declined);
    const closed = newCharge(methods.succeeds);
    await provider().charge(declined);
    await provider().cancel(closed);
    for (const charge of [declined, closed]) await expectChargeNotFound(provider(), charge);
  });

  it('rejects the refund of an unused key with charge_not_found, and never charges under that key', async () => {
    const charge = newCharge(methods.succeeds);
    await expectChargeNotFound(provider(), charge);
    expect(await provider().charge(charge)).toMatchObject({ state: 'cancelled' });
    await expectChargeNotFound(provider(), charge);
  });

  it('either refunds a charge or closes its key when charge and refund are concurrent', async () => {
    for (let round = 0; round < 10; round += 1) {
      const charge = newCharge(methods.succeeds);
      const refund = { key: `refund:${charge.key}`, charge };
      const [charged, refunded] = await Promise.all([
        provider().charge(charge),
        provider()
          .refund(refund)
          .catch((error: unknown) => error),
      ]);
      if (charged.state === 'cancelled') expect(refunded).toMatchObject(chargeNotFound);
      else expect(await provider().refund(refund)).toMatchObject({ state: 'succeeded' });
    }
  });
}
