import { requireService } from '@shop/kit/service';
import type { MutationResolvers } from '../../generated/schema';

export const reserveStock: MutationResolvers['reserveStock'] = async (_root, { input }, context) => {
  requireService(context, ['order']);
  return context.reservations.reserve(input.orderId, input.lines);
};
