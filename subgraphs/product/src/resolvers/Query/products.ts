import type { QueryResolvers } from '../../generated/schema';

export const products: QueryResolvers['products'] = (_root, request, { catalogue }) =>
  catalogue.list(request);
