import { isDecided, isNotPossible } from '../payment/payment.entity';
import {
  type ChargeResult,
  nextInquiry,
  toChargeResult,
  toDecision,
  toResultOfWaiting,
} from './payment-decision.service';

const reference = 'ch_1';

describe('toDecision', () => {
  it.each<[ChargeResult, ReturnType<typeof toDecision>]>([
    [
      { state: 'succeeded', reference },
      { status: 'SUCCEEDED', sent: true, failureCode: null, providerReference: reference },
    ],
    [
      { state: 'declined', reference, failureCode: 'card_declined' },
      { status: 'FAILED', sent: true, failureCode: 'card_declined', providerReference: reference },
    ],
    [
      { state: 'not_sent', failureCode: 'provider_unavailable' },
      { status: 'FAILED', sent: false, failureCode: 'provider_unavailable', providerReference: null },
    ],
    [
      { state: 'processing', reference },
      { status: 'PENDING', sent: true, failureCode: null, providerReference: reference },
    ],
    [
      { state: 'requires_action', reference },
      { status: 'REQUIRES_ACTION', sent: true, failureCode: null, providerReference: reference },
    ],
    [{ state: 'no_response' }, { status: 'UNKNOWN', sent: true, failureCode: null, providerReference: null }],
  ])('maps %j', (result, decision) => expect(toDecision(result)).toEqual(decision));
});

describe('toChargeResult', () => {
  it('maps a closed key to not_sent', () => {
    const closed = { state: 'cancelled', reference } as const;
    expect(toChargeResult(closed)).toEqual({ state: 'not_sent', failureCode: 'provider_unavailable' });
    expect(toChargeResult(closed, 'unknown_payment_method')).toMatchObject({
      failureCode: 'unknown_payment_method',
    });
  });

  it('drops the client secret', () => {
    const nextAction = { type: 'use_stripe_sdk', clientSecret: 'secret', redirectUrl: null };
    const result = toChargeResult({ state: 'requires_action', reference, nextAction });
    expect(result).toEqual({ state: 'requires_action', reference });
  });

  it('maps the closed key of a REQUIRES_ACTION attempt to authentication_abandoned', () => {
    expect(toResultOfWaiting({ state: 'cancelled', reference })).toEqual({
      state: 'declined',
      reference,
      failureCode: 'authentication_abandoned',
    });
    const succeeded = { state: 'succeeded', reference } as const;
    expect(toResultOfWaiting(succeeded)).toBe(succeeded);
  });

  it('keeps the failure code of an impossible charge', () => {
    const closed = { state: 'cancelled', reference, failureCode: 'unpayable_amount' } as const;
    expect(toChargeResult(closed)).toEqual({ state: 'not_sent', failureCode: 'unpayable_amount' });
  });

  it('returns every other result unchanged', () => {
    const succeeded = { state: 'succeeded', reference } as const;
    expect(toChargeResult(succeeded)).toBe(succeeded);
  });
});

describe('isNotPossible', () => {
  it.each([
    [false, 'unpayable_amount', true],
    [false, 'currency_not_supported', true],
    [false, 'provider_unavailable', false],
    [false, 'unknown_payment_method', false],
    [false, null, false],
    // The card does not support the currency; another card may.
    [true, 'currency_not_supported', false],
  ])('sent: %s, failureCode: %s is %s', (sent, failureCode, expected) =>
    expect(isNotPossible({ sent, failureCode })).toBe(expected),
  );
});

describe('isDecided', () => {
  it('is false only while the provider must be inquired', () => {
    const statuses = ['PENDING', 'UNKNOWN', 'REQUIRES_ACTION', 'SUCCEEDED', 'FAILED', 'REFUNDED'] as const;
    expect(statuses.filter((status) => !isDecided({ status }))).toEqual([
      'PENDING',
      'UNKNOWN',
      'REQUIRES_ACTION',
    ]);
  });
});

const limitMs = 600_000;

describe('nextInquiry', () => {
  it.each([
    [0, 1_000],
    [1, 2_000],
    [2, 4_000],
    [5, 32_000],
    [6, 60_000],
    [1_000, 60_000],
  ])('after %i inquiries is due in half to all of %i ms', (visits, stepMs) => {
    const pauseMs = nextInquiry({ status: 'UNKNOWN', visits }, limitMs)?.pauseMs;
    expect(pauseMs).toBeGreaterThanOrEqual(stepMs / 2);
    expect(pauseMs).toBeLessThanOrEqual(stepMs);
  });

  it('is due at the time limit of an authentication at the latest', () => {
    const limitOf = (status: 'PENDING' | 'UNKNOWN' | 'REQUIRES_ACTION') =>
      nextInquiry({ status, visits: 1 }, limitMs)?.atAgeMs;
    expect(limitOf('REQUIRES_ACTION')).toBe(limitMs);
    expect([limitOf('PENDING'), limitOf('UNKNOWN')]).toEqual([null, null]);
  });

  it.each(['SUCCEEDED', 'FAILED', 'REFUNDED'] as const)('is null for a %s payment', (status) => {
    expect(nextInquiry({ status, visits: 1 }, limitMs)).toBeNull();
  });
});
