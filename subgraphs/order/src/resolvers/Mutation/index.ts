import { requireAdmin } from '@shop/access';
import { requireUser } from '@shop/kit/auth';
import type { MutationResolvers } from '../../generated/schema';
import type { CancelOrderResult } from '../../order/requests/cancel-order.service';
import type { OrderStatus } from '../../order/state/order-state';
import { createOrder } from './createOrder';
import { payOrder } from './payOrder';
import { earlierConflict, idempotencyConflict, orderNotFound, orderStateConflict } from './problems';

const cancelOrder: MutationResolvers['cancelOrder'] = async (_parent, args, context) => {
  const viewer = requireUser(context.viewer);
  const { id: orderId, idempotencyKey = null } = args;
  const { answer: result, replayed } = await context.cancelOrder.cancel(viewer, { orderId, idempotencyKey });
  context.answer.replayed ||= replayed;
  return toCancelResult(result, replayed);
};

function toCancelResult(result: CancelOrderResult, replayed: boolean) {
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

const updateOrderStatus: MutationResolvers['updateOrderStatus'] = async (_parent, args, context) => {
  const admin = requireAdmin(context.viewer);
  const result = await context.cancelOrder.updateStatus(admin, args.id, args.status);
  switch (result.kind) {
    case 'UPDATED':
      return { __typename: 'OrderPayload', order: result.order };
    case 'STATE_CONFLICT':
      return orderStateConflict(result.order, conflictMessages[args.status]);
    case 'NOT_FOUND':
      return orderNotFound();
    default:
      return result satisfies never;
  }
};

const conflictMessages: Record<OrderStatus, string | undefined> = {
  PENDING: 'An order cannot return to PENDING.',
  CONFIRMED: 'Only a payment confirms an order.',
  CANCELLED: undefined,
};

export const Mutation: MutationResolvers = { createOrder, payOrder, cancelOrder, updateOrderStatus };
