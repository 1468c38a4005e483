import type { OrderResolvers } from '../generated/schema';
import { findVisibleOrder } from './visible-order';

export const Order: OrderResolvers = {
  __resolveReference: ({ id }, context) => findVisibleOrder(id, context),
  user: ({ userId }) => ({ id: userId }),
  items: async ({ id, currency }, _args, { loaders }) => {
    const items = await loaders.items.load(id);
    return items.map((item) => ({ ...item, currency }));
  },
  total: ({ totalCents, currency }) => ({ amountCents: totalCents, currency }),
  expiresAt: ({ status, expiresAt }) => (status === 'PENDING' ? expiresAt : null),
  timeline: ({ id }, _args, { loaders }) => loaders.timeline.load(id),
};
