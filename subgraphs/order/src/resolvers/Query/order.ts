import { requireUser } from '@shop/kit/auth';
import type { QueryResolvers } from '../../generated/schema';
import { findVisibleOrder } from '../visible-order';

export const order: QueryResolvers['order'] = (_parent, { id }, context) => {
  requireUser(context.viewer);
  return findVisibleOrder(id, context);
};
