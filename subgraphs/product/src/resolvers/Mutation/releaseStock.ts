import { requireService } from '@shop/kit/service';
import type { MutationResolvers } from '../../generated/schema';

export const releaseStock: MutationResolvers['releaseStock'] = async (_root, { orderId }, context) => {
  requireService(context, ['order']);
  await context.reservations.release(orderId);
  return true;
};
