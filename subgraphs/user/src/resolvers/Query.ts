import { requireAdmin } from '@shop/access';
import { requireAccount } from '../context';
import type { QueryResolvers } from '../generated/schema';

export const Query: QueryResolvers = {
  me: (_parent, _args, context) => requireAccount(context),
  user(_parent, { id }, { viewer, loaders }) {
    requireAdmin(viewer);
    return loaders.userById.load(id);
  },
};
