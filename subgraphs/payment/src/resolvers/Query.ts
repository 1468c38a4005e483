import { requireUser } from '@shop/kit/auth';
import type { QueryResolvers } from '../generated/schema';

export const Query: QueryResolvers = {
  payment(_parent, { id }, { viewer, loaders }) {
    requireUser(viewer);
    return loaders.byId.load(id);
  },
};
