import type { Resolvers } from '../generated/schema';
import { changePassword } from './Mutation/changePassword';
import { login } from './Mutation/login';
import { logout } from './Mutation/logout';
import { refreshSession } from './Mutation/refreshSession';
import { register } from './Mutation/register';
import { revokeAllSessions } from './Mutation/revokeAllSessions';
import { revokeSession } from './Mutation/revokeSession';
import { me } from './Query/me';
import { user } from './Query/user';
import { Session } from './Session';
import { User } from './User';

/** One file per field of the roots and per type, named like it. */
export const resolvers: Resolvers = {
  Query: { me, user },
  Mutation: {
    register,
    login,
    refreshSession,
    changePassword,
    logout,
    revokeSession,
    revokeAllSessions,
  },
  User,
  Session,
};
