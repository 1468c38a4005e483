import { requireAdmin } from '@shop/access';
import type { MutationResolvers } from '../../generated/schema';
import type { OrderStatus } from '../../order/state/order-state';
import { orderNotFound, orderStateConflict } from '../problems';

export const updateOrderStatus: MutationResolvers['updateOrderStatus'] = async (_parent, args, context) => {
  const admin = requireAdmin(context.viewer);
  const result = await context.cancelOrder.updateStatus(admin, args.id, args.status);
  switch (result.kind) {
    case 'UPDATED':
      return { __typename: 'OrderPayload', order: result.order };
    case 'STATE_CONFLICT':
      return orderStateConflict(result.order, refusals[args.status]);
    case 'NOT_FOUND':
      return orderNotFound();
    default:
      return result satisfies never;
  }
};

const refusals: Record<OrderStatus, string | undefined> = {
  PENDING: 'An order cannot return to PENDING.',
  CONFIRMED: 'Only a payment confirms an order.',
  CANCELLED: undefined,
};
