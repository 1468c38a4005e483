import { AppError } from '@shop/kit/errors';
import { isUuid } from '@shop/kit/ids';
import { requireService } from '@shop/kit/service';
import type { MutationResolvers } from '../../generated/schema';

export const refundPayment: MutationResolvers['refundPayment'] = async (_root, { orderId }, context) => {
  requireService(context, ['order']);
  if (!isUuid(orderId)) throw new AppError('bad_request', 'orderId must be a UUID.');
  return { outcome: await context.refunds.refundOrder(orderId) };
};
