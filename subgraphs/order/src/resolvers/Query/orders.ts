import type { QueryResolvers } from '../../generated/schema';

export const orders: QueryResolvers['orders'] = (_parent, args, { orderList, viewer, loaders }) =>
  orderList.list({ viewer, loaders }, args);
