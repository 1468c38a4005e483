import { canSee } from '@shop/access';
import type { SessionResolvers, UserResolvers } from '../generated/schema';

// A User object exists only for those who may see all of it: me, user (ADMIN), the session just
// opened, and the reference below. Its fields need no further check.
export const User: UserResolvers = {
  __resolveReference: ({ id }, { viewer, loaders }) =>
    canSee(viewer, id.toLowerCase()) ? loaders.userById.load(id) : null,
  sessions: ({ id }, _args, { loaders }) => loaders.openSessionsByUserId.load(id),
};

export const Session: SessionResolvers = {
  current: ({ id }, _args, { viewer }) => viewer.kind === 'user' && viewer.sessionId === id,
};
