import type { QueryResolvers } from '../generated/schema';

export const Query: QueryResolvers = {
  product: (_parent, { id }, { loaders }) => loaders.productById.load(id),
  productBySku: (_parent, { sku }, { loaders }) => loaders.productBySku.load(sku),
  products: (_parent, args, { catalogue }) => catalogue.list(args),
};
