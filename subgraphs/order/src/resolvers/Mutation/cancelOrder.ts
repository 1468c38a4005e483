import { requireUser } from '@shop/kit/auth';
import type { MutationResolvers } from '../../generated/schema';
import type { CancelOrderAnswer } from '../../order/requests/cancel-order.service';
import { earlierConflict, idempotencyConflict, orderNotFound, orderStateConflict } from '../problems';

export const cancelOrder: MutationResolvers['cancelOrder'] = async (_parent, args, context) => {
  const viewer = requireUser(context.viewer);
  const { id: orderId, idempotencyKey = null } = args;
  const { answer, replayed } = await context.cancelOrder.cancel(viewer, { orderId, idempotencyKey });
  context.answer.replayed ||= replayed;
  return toResult(answer, replayed);
};

function toResult(answer: CancelOrderAnswer, replayed: boolean) {
  switch (answer.kind) {
    case 'CANCELLED':
      return { __typename: 'OrderPayload' as const, order: answer.order };
    case 'STATE_CONFLICT':
      return orderStateConflict(answer.order, replayed ? earlierConflict : undefined);
    case 'NOT_FOUND':
      return orderNotFound();
    case 'KEY_CONFLICT':
      return idempotencyConflict();
    default:
      return answer satisfies never;
  }
}
