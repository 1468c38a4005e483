import { requireService } from '@shop/kit/service';
import type { MutationResolvers } from '../../generated/schema';

export const commitStocks: MutationResolvers['commitStocks'] = async (_root, { orderIds }, context) => {
  requireService(context, ['order']);
  return context.reservations.commitAll(orderIds);
};
