import { requireUser } from '@shop/kit/auth';
import { problem } from '../../errors';
import type { MutationResolvers } from '../../generated/schema';
import type { PlacedOrder } from '../../order/persistence/order.entity';
import type { PayOrderResult } from '../../order/requests/pay-order.service';
import { declineMessage } from '../decline-message';
import {
  earlierConflict,
  idempotencyConflict,
  orderNotFound,
  orderStateConflict,
  tooManyPaymentAttempts,
} from '../problems';

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
