import { createEvent, type UserRegistered } from '@shop/events/contracts';
import type { User } from '../accounts/user.entity';

/** The event that tells of a new account, without anything that says who it is. */
export function userRegistered({ id: userId, role, createdAt }: User): UserRegistered {
  return createEvent({
    source: 'user',
    type: 'user.registered',
    subject: userId,
    data: { userId, role, createdAt: createdAt.toISOString() },
  });
}
