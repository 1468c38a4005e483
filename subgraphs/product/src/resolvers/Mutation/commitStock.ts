import { requireService } from '@shop/kit/service';
import { appError } from '../../errors';
import type { MutationResolvers } from '../../generated/schema';

/** For order services of the previous version, until the next release. */
export const commitStock: MutationResolvers['commitStock'] = async (_root, { orderId }, context) => {
  requireService(context, ['order']);
  const [commit] = await context.reservations.commitAll([orderId]);
  if (!commit?.committed) throw appError('order_state_conflict');
  return true;
};
