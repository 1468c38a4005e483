import { requireUser } from '@shop/kit/auth';
import type { QueryResolvers } from '../../generated/schema';

export const payment: QueryResolvers['payment'] = (_root, { id }, { viewer, loaders }) => {
  requireUser(viewer);
  return loaders.byId.load(id);
};
