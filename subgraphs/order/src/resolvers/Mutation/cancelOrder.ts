import { requireUser } from '@shop/kit/auth';
import type { MutationResolvers } from '../../generated/schema';
import type { CancelOrderResult } from '../../order/requests/cancel-order.service';
import { earlierConflict, idempotencyConflict, orderNotFound, orderStateConflict } from '../problems';

export const cancelOrder: MutationResolvers['cancelOrder'] = async (_parent, args, context) => {
  const viewer = requireUser(context.viewer);
  const { id: orderId, idempotencyKey = null } = args;
  const { answer: result, replayed } = await context.cancelOrder.cancel(viewer, { orderId, idempotencyKey });
  context.answer.replayed ||= replayed;
  return toResult(result, replayed);
};

function toResult(result: CancelOrderResult, replayed: boolean) {
  switch (result.kind) {
    case 'CANCELLED':
      return { __typename: 'OrderPayload' as const, order: result.order };
    case 'STATE_CONFLICT':
      return orderStateConflict(result.order, replayed ? earlierConflict : undefined);
    case 'NOT_FOUND':
      return orderNotFound();
    case 'KEY_CONFLICT':
      return idempotencyConflict();
    default:
      return result satisfies never;
  }
}
