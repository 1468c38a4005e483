import type { ProductConnectionResolvers } from '../generated/schema';

export const ProductConnection: ProductConnectionResolvers = {
  totalCount: ({ filter }, _args, { catalogue }) => catalogue.count(filter),
};
