import { requireAdmin } from '@shop/kit/auth';
import type { MutationResolvers } from '../../generated/schema';
import type { OrderStatus } from '../../order/state/order-state';
import { orderNotFound, orderStateConflict } from '../problems';

export const updateOrderStatus: MutationResolvers['updateOrderStatus'] = async (_parent, args, context) => {
  const admin = requireAdmin(context.viewer);
  const answer = await context.cancelOrder.updateStatus(admin, args.id, args.status);
  switch (answer.kind) {
    case 'UPDATED':
      return { __typename: 'OrderPayload', order: answer.order };
    case 'STATE_CONFLICT':
      return orderStateConflict(answer.order, refusals[args.status]);
    case 'NOT_FOUND':
      return orderNotFound();
    default:
      return answer satisfies never;
  }
};

const refusals: Record<OrderStatus, string | undefined> = {
  PENDING: 'No order goes back to PENDING.',
  CONFIRMED: 'An order is CONFIRMED by its payment, not by an administrator.',
  CANCELLED: undefined,
};
