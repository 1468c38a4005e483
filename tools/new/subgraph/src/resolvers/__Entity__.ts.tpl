import type { __Entity__Resolvers } from '../generated/schema';

export const __Entity__: __Entity__Resolvers = {
  // Public: the same for every caller.
  __resolveReference: ({ id }, { loaders }) => loaders.__entity__ById.load(id),
};
