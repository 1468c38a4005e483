import { requireService } from '@shop/kit/service';
import type { MutationResolvers } from '../../generated/schema';

export const commitStocks: MutationResolvers['commitStocks'] = (_root, { orderIds }, context) => {
  requireService(context, ['order']);
  return Promise.all(
    orderIds.map(async (orderId) => {
      const committed = await context.reservations.commit(orderId).then(
        () => true,
        () => false,
      );
      return { orderId, committed };
    }),
  );
};
