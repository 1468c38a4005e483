import { requireUser } from '@shop/kit/auth';
import type { QueryResolvers } from '../generated/schema';
import { findVisibleOrder } from './Order';

export const Query: QueryResolvers = {
  order(_parent, { id }, context) {
    requireUser(context.viewer);
    return findVisibleOrder(id, context);
  },
  orders: (_parent, args, { orderList, viewer, loaders }) => orderList.list({ viewer, loaders }, args),
};
