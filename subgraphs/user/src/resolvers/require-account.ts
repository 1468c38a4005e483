import { requireUser } from '@shop/kit/auth';
import { AppError } from '@shop/kit/errors';
import type { User } from '../accounts/user.entity';
import type { UserContext } from '../context';

/** @throws AppError unauthenticated */
export async function requireAccount({
  viewer,
  loaders,
}: Pick<UserContext, 'viewer' | 'loaders'>): Promise<User> {
  const user = await loaders.userById.load(requireUser(viewer).userId);
  if (!user) throw new AppError('unauthenticated', 'This account no longer exists: log in with another one.');
  return user;
}
