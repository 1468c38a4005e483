import type { QueryResolvers } from '../generated/schema';

export const Query: QueryResolvers = {
  __entity__: (_parent, { id }, { loaders }) => loaders.__entity__ById.load(id),
};
