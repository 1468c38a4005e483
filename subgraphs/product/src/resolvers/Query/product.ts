import type { QueryResolvers } from '../../generated/schema';

export const product: QueryResolvers['product'] = (_root, { id }, { loaders }) =>
  loaders.productById.load(id);
