import { isUuid } from '@shop/kit/ids';
import DataLoader from 'dataloader';
import type { User } from './user.entity';
import type { UserRepository } from './user.repository';

/** Users by id, null where there is none; one statement for all users of a request. */
export function createUserLoader(users: UserRepository): DataLoader<string, User | null> {
  return new DataLoader(async (ids) => {
    const found = await users.findByIds(ids.filter(isUuid));
    const byId = new Map(found.map((user) => [user.id, user]));
    return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
  });
}
