import { requireAdmin } from '@shop/access';
import type { QueryResolvers } from '../../generated/schema';

export const user: QueryResolvers['user'] = (_parent, { id }, { viewer, loaders }) => {
  requireAdmin(viewer);
  return loaders.userById.load(id);
};
