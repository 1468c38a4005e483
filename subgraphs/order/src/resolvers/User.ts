import type { UserResolvers } from '../generated/schema';

export const User: UserResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  orders: ({ id }, args, { orderList, viewer, loaders }) =>
    orderList.listOfUser({ viewer, loaders }, id, args),
};
