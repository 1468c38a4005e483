import { requireService } from '@shop/kit/service';
import type { MutationResolvers } from '../../generated/schema';

export const commitStock: MutationResolvers['commitStock'] = async (_root, { orderId }, context) => {
  requireService(context, ['order']);
  await context.reservations.commit(orderId);
  return true;
};
