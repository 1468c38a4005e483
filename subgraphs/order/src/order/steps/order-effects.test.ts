import type { OrderState, OrderTransitionInput } from '../state/order-state';
import { entryAndKeyEffect } from './order-effects';

const attempt = 1;
const paymentId = 'payment';
const releasing = { step: 'RELEASING', attempt, paymentId, reason: 'ADMIN', refundRevision: 1 } as const;
const failed = { ...releasing, paymentId: null, reason: 'PAYMENT_FAILED' } as const;

describe('the timeline entry', () => {
  it.each<[OrderTransitionInput, OrderState, string]>([
    [{ type: 'refund_started', paymentId }, releasing, 'Refund started.'],
    [{ type: 'charge_refunded', paymentId, revision: 2 }, releasing, 'Payment refunded.'],
    [
      { type: 'refund_failed', paymentId, revision: 2, failureCode: 'declined' },
      releasing,
      'The refund failed: declined.',
    ],
    [
      { type: 'nothing_refunded', paymentId },
      releasing,
      'Nothing was refunded: no charge of this order was found.',
    ],
    // Not every failed payment was declined by the provider.
    [{ type: 'payment_failed', attempt, paymentId, retry: null }, failed, 'Payment failed: cancelled.'],
    [
      { type: 'payment_failed', attempt, paymentId, retry: { isOverdue: false, maximumAttempts: 2 } },
      { step: 'AWAITING_PAYMENT', attempt, unreachableAttempts: 0 },
      'Payment declined: the order can be paid again.',
    ],
    [
      { type: 'payment_failed', attempt, paymentId, retry: null, operatorReason: 'The bank said so.' },
      failed,
      'Payment settled by an operator as failed: The bank said so.',
    ],
    [
      {
        type: 'payment_succeeded',
        attempt,
        paymentId,
        amountMatches: true,
        operatorReason: 'seen on the statement',
      },
      { step: 'COMMITTING', attempt, paymentId },
      'Payment settled by an operator as succeeded: seen on the statement.',
    ],
    [
      { type: 'payment_succeeded', attempt, paymentId, amountMatches: false },
      { ...releasing, step: 'REFUNDING' },
      'A payment arrived that does not pay this order: it is to be refunded.',
    ],
  ])('describes the transition of %j', (input, to, message) => {
    expect(entryAndKeyEffect(input, to).message).toBe(message);
  });
});
