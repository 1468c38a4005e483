import { AppError } from '@shop/kit/errors';
import { requireService } from '@shop/kit/service';
import type { MutationResolvers } from '../../generated/schema';

/** For order services of the previous version, until the next release. */
export const commitStock: MutationResolvers['commitStock'] = async (_root, { orderId }, context) => {
  requireService(context, ['order']);
  const [commit] = await context.reservations.commitAll([orderId]);
  if (!commit?.committed)
    throw new AppError('order_state_conflict', 'Nothing is held for this order: it cannot be committed.');
  return true;
};
