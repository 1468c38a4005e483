import type { QueryResolvers } from '../../generated/schema';

export const productBySku: QueryResolvers['productBySku'] = (_root, { sku }, { loaders }) =>
  loaders.productBySku.load(sku);
