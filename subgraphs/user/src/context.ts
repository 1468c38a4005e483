import type { SubgraphContext } from '@shop/kit/service';
import type DataLoader from 'dataloader';
import type { AccountService } from './accounts/account.service';
import type { PasswordChangeService } from './accounts/password-change.service';
import type { User } from './accounts/user.entity';
import { createUserLoader } from './accounts/user.loaders';
import type { UserServices } from './services';
import type { Session } from './sessions/session.entity';
import { createOpenSessionsLoader } from './sessions/session.loaders';
import type { SessionService } from './sessions/session.service';

/** What the resolvers of this subgraph get. */
export interface UserContext extends SubgraphContext {
  accounts: AccountService;
  passwordChanges: PasswordChangeService;
  sessions: SessionService;
  /** Of this request. */
  loaders: {
    userById: DataLoader<string, User | null>;
    openSessionsByUserId: DataLoader<string, Session[]>;
  };
}

export function createContext(services: UserServices): (request: SubgraphContext) => UserContext {
  const { accounts, passwordChanges, sessions, users, sessionRows } = services;
  return (request) => ({
    ...request,
    accounts,
    passwordChanges,
    sessions,
    loaders: {
      userById: createUserLoader(users),
      openSessionsByUserId: createOpenSessionsLoader(sessionRows),
    },
  });
}
