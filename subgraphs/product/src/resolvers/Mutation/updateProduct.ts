import type { MutationResolvers } from '../../generated/schema';

export const updateProduct: MutationResolvers['updateProduct'] = (_root, { input }, { products, viewer }) =>
  products.update(viewer, input);
