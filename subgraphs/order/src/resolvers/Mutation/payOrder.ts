import { requireUser } from '@shop/kit/auth';
import { problem } from '../../errors';
import type { MutationResolvers } from '../../generated/schema';
import type { PlacedOrder } from '../../order/persistence/order.entity';
import type { DeclinedResult, PayOrderResult } from '../../order/requests/pay-order.service';
import {
  earlierConflict,
  idempotencyConflict,
  orderNotFound,
  orderStateConflict,
  tooManyPaymentAttempts,
} from './problems';

export const payOrder: MutationResolvers['payOrder'] = async (_parent, { input }, context) => {
  const { userId } = requireUser(context.viewer);
  const { orderId, paymentMethod = null, returnUrl = null, idempotencyKey = null } = input;
  const request = { orderId, paymentMethod, returnUrl, idempotencyKey };
  const { answer: result, replayed } = await context.payOrder.pay(userId, request);
  context.answer.replayed ||= replayed;
  return toResult(result, replayed);
};

function notPossibleMessage({ totalCents, currency }: PlacedOrder, failureCode: string | null): string {
  const total = `${totalCents} ${currency} (minor units)`;
  const limit =
    failureCode === 'currency_not_supported'
      ? 'does not charge in this currency'
      : 'cannot charge this amount';
  return `The payment provider ${limit}: ${total}. Nothing was charged. No further attempt can succeed: cancel the order, or let it expire.`;
}

function toResult(result: PayOrderResult, replayed: boolean) {
  switch (result.kind) {
    case 'PAID':
      return {
        __typename: 'PayOrderSuccess' as const,
        order: result.order,
        payment: { id: result.paymentId },
      };
    case 'DECLINED':
      return {
        __typename: 'PaymentDeclined' as const,
        ...problem('payment_declined', declineMessage(result)),
        order: result.order,
        payment: { id: result.paymentId },
      };
    case 'NOT_POSSIBLE':
      return {
        __typename: 'PaymentNotPossible' as const,
        ...problem('payment_not_possible', notPossibleMessage(result.order, result.failureCode)),
        order: result.order,
        payment: { id: result.paymentId },
      };
    case 'UNDECIDED':
      return {
        __typename: 'PaymentPending' as const,
        order: result.order,
        payment: { id: result.paymentId },
      };
    case 'STATE_CONFLICT':
      return orderStateConflict(result.order, replayed ? earlierConflict : undefined);
    case 'TOO_MANY_ATTEMPTS':
      return tooManyPaymentAttempts(result.order);
    case 'NOT_FOUND':
      return orderNotFound();
    case 'KEY_CONFLICT':
      return idempotencyConflict();
    default:
      return result satisfies never;
  }
}

export type DeclinedAttempt = Omit<DeclinedResult, 'kind'>;

/**
 * The attempt's outcome and the order's current state, which a later attempt or a cancellation may
 * have changed.
 */
export function declineMessage(declined: DeclinedAttempt): string {
  const { order, attempt, paymentId } = declined;
  if (order.status === 'CANCELLED' && order.paymentId === paymentId)
    return 'The payment succeeded after the order was CANCELLED. The charge is refunded.';
  const outcome = order.attempt === attempt ? 'The payment failed.' : 'This attempt to pay failed.';
  return `${outcome} It charged nothing. ${orderMessage(declined)}`;
}

function orderMessage(declined: DeclinedAttempt): string {
  const { status, step, expiresAt } = declined.order;
  switch (status) {
    case 'PENDING':
      if (step === 'PAYING') return 'Another payment of the order is in progress: the order is PENDING.';
      if (expiresAt.getTime() > Date.now())
        return `The order can be paid again until ${expiresAt.toISOString()}.`;
      return 'The order has expired and will be CANCELLED.';
    case 'CONFIRMED':
      return 'A later attempt paid the order: it is CONFIRMED.';
    case 'CANCELLED':
      return cancelledMessage(declined);
    default:
      return status satisfies never;
  }
}

function cancelledMessage({ order, onDecline }: DeclinedAttempt): string {
  const { cancelReason, updatedAt, expiresAt } = order;
  if (cancelReason !== 'PAYMENT_FAILED')
    return `The order is CANCELLED with the reason ${cancelReason}, and its stock is released.`;
  // Before its expiry, a decline cancels a retryable order only because no attempt is left.
  const isUsedUp = onDecline === 'retry' && updatedAt < expiresAt;
  const reason = isUsedUp ? ', because all allowed payment attempts are used,' : '';
  return `The order is CANCELLED${reason} and its stock is released.`;
}
