import { requireUser } from '@shop/kit/auth';
import { AppError } from '@shop/kit/errors';
import type { QueryResolvers } from '../../generated/schema';

export const me: QueryResolvers['me'] = async (_parent, _args, { viewer, loaders }) => {
  const user = await loaders.userById.load(requireUser(viewer).userId);
  if (!user)
    throw new AppError('unauthenticated', 'This account no longer exists: sign in with another one.');
  return user;
};
