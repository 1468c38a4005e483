import { requireUser } from '@shop/kit/auth';
import { AppError } from '@shop/kit/errors';
import type { SubgraphContext } from '@shop/kit/service';
import type DataLoader from 'dataloader';
import type { LoginService } from './accounts/login.service';
import type { PasswordChangeService } from './accounts/password-change.service';
import type { RegistrationService } from './accounts/registration.service';
import type { User } from './users/user.entity';
import { createUserLoader } from './users/user.loaders';
import type { UserServices } from './services';
import type { Session } from './sessions/session.entity';
import { createOpenSessionsLoader } from './sessions/session.loaders';
import type { SessionService } from './sessions/session.service';

/** The context value of this subgraph's resolvers. */
export interface UserContext extends SubgraphContext {
  registrations: RegistrationService;
  logins: LoginService;
  passwordChanges: PasswordChangeService;
  sessions: SessionService;
  /** Created per request. */
  loaders: {
    userById: DataLoader<string, User | null>;
    openSessionsByUserId: DataLoader<string, Session[]>;
  };
}

export function createContext(services: UserServices): (request: SubgraphContext) => UserContext {
  const { registrations, logins, passwordChanges, sessions, users, sessionRows } = services;
  return (request) => ({
    ...request,
    registrations,
    logins,
    passwordChanges,
    sessions,
    loaders: {
      userById: createUserLoader(users),
      openSessionsByUserId: createOpenSessionsLoader(sessionRows),
    },
  });
}

/**
 * The account of the user who is logged in.
 *
 * @throws AppError unauthenticated
 */
export async function requireAccount({
  viewer,
  loaders,
}: Pick<UserContext, 'viewer' | 'loaders'>): Promise<User> {
  const user = await loaders.userById.load(requireUser(viewer).userId);
  if (!user) throw new AppError('unauthenticated', 'This account no longer exists: log in with another one.');
  return user;
}
