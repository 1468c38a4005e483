import type { Outbox } from '@shop/events/outbox';
import type { Logger } from '@shop/kit/logger';
import type { SubgraphContext } from '@shop/kit/service';
import type { TokenSigner } from '@shop/kit/auth';
import type DataLoader from 'dataloader';
import type { DataSource } from 'typeorm';
import { AccountService } from './accounts/account.service';
import { PasswordChangeService } from './accounts/password-change.service';
import type { User } from './accounts/user.entity';
import { createUserLoader } from './accounts/user.loaders';
import { UserRepository } from './accounts/user.repository';
import type { Throttles } from './attempt-throttle/open-throttles';
import type { PasswordHasher } from './passwords/password-hasher';
import type { Session } from './sessions/session.entity';
import { createOpenSessionsLoader } from './sessions/session.loaders';
import { SessionRepository } from './sessions/session.repository';
import { SessionService } from './sessions/session.service';

/** What the resolvers of this subgraph get. */
export interface UserContext extends SubgraphContext {
  accounts: AccountService;
  passwordChanges: PasswordChangeService;
  sessions: SessionService;
  loaders: {
    userById: DataLoader<string, User | null>;
    openSessionsByUserId: DataLoader<string, Session[]>;
  };
}

/** Wires the services once; the loaders are new for each request. */
export function createContext(needs: {
  dataSource: DataSource;
  passwords: PasswordHasher;
  throttles: Throttles;
  signer: TokenSigner;
  successorSecrets: () => readonly Buffer[];
  refreshRepeatSeconds: number;
  allowedCommonPasswords: readonly string[];
  logger: Logger;
  outbox: Outbox;
}): (request: SubgraphContext) => UserContext {
  const users = new UserRepository(needs.dataSource);
  const sessionRepository = new SessionRepository(needs.dataSource);
  const sessions = new SessionService({ ...needs, users, sessions: sessionRepository });
  const accounts = new AccountService({ ...needs, users, sessions });
  const passwordChanges = new PasswordChangeService({ ...needs, users, sessionRepository });
  return (request) => ({
    ...request,
    accounts,
    passwordChanges,
    sessions,
    loaders: {
      userById: createUserLoader(users),
      openSessionsByUserId: createOpenSessionsLoader(sessionRepository),
    },
  });
}
