import { publishEvent } from '@shop/events/outbox';
import { inTransaction } from '@shop/kit/database';
import { requireTimeLeft } from '@shop/kit/deadline';
import { problem } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import { userRegistered } from '../events/user-events';
import type { LoginThrottle } from '../login-throttle/login-throttle';
import type { PasswordHasher } from '../passwords/password-hasher';
import type { AuthSession, SessionService } from '../sessions/session.service';
import { judgeCredentials } from './credentials-rule';
import { normaliseEmail } from './email';
import type { User } from './user.entity';
import type { UserRepository } from './user.repository';

/** As a person typed them. */
export interface Credentials {
  email: string;
  password: string;
}

/** The client as the gateway saw it. */
export interface Client {
  address: string | undefined;
  userAgent: string | undefined;
}

export type RegisterOutcome =
  | AuthSession
  | { __typename: 'EmailTaken'; code: 'email_taken'; message: string }
  | {
      __typename: 'InvalidInput';
      code: 'invalid_input';
      message: string;
      fields: { path: string; message: string }[];
    };

export type LoginOutcome =
  | AuthSession
  | { __typename: 'InvalidCredentials'; code: 'invalid_credentials'; message: string }
  | {
      __typename: 'TooManyAttempts';
      code: 'too_many_attempts';
      message: string;
      retryAfterSeconds: number;
    };

/** Making accounts and signing in to them. */
export class AccountService {
  constructor(
    private readonly needs: {
      dataSource: DataSource;
      users: UserRepository;
      sessions: SessionService;
      passwords: PasswordHasher;
      throttle: LoginThrottle;
      logger: Logger;
    },
  ) {}

  async register(input: Credentials, client: Client): Promise<RegisterOutcome> {
    const { dataSource, users, sessions, passwords } = this.needs;
    const verdict = judgeCredentials(input);
    if (verdict.kind === 'refused') {
      return { __typename: 'InvalidInput', ...problem('invalid_input'), fields: verdict.fields };
    }
    // Before the transaction: it takes long, and would hold a connection meanwhile.
    const passwordHash = await passwords.hash(input.password);
    const session = await inTransaction(dataSource, async (transaction) => {
      requireTimeLeft();
      const user = await users.insert(transaction, { email: verdict.email, passwordHash });
      if (!user) return null;
      await publishEvent(transaction, userRegistered(user));
      return sessions.open(transaction, user, client.userAgent);
    });
    return session ?? { __typename: 'EmailTaken', ...problem('email_taken') };
  }

  async login(input: Credentials, client: Client): Promise<LoginOutcome> {
    const { dataSource, sessions, throttle } = this.needs;
    const email = normaliseEmail(input.email);
    const attempt = await throttle.attempt({ account: email ?? undefined, address: client.address }, () =>
      this.authenticate(email, input.password),
    );
    switch (attempt.kind) {
      case 'refused': {
        const { retryAfterSeconds } = attempt;
        return { __typename: 'TooManyAttempts', ...problem('too_many_attempts'), retryAfterSeconds };
      }
      case 'failed':
        return { __typename: 'InvalidCredentials', ...problem('invalid_credentials') };
      case 'succeeded':
        return inTransaction(dataSource, (transaction) =>
          sessions.open(transaction, attempt.result, client.userAgent),
        );
    }
  }

  /** The user whose password it is. An unknown email takes as long as a wrong password. */
  private async authenticate(email: string | null, password: string): Promise<User | null> {
    const { users, passwords } = this.needs;
    const user = email === null ? null : await users.findByEmail(email);
    const isRight = await passwords.verify(password, user?.passwordHash ?? null);
    if (!user || !isRight) return null;
    if (passwords.isOutdated(user.passwordHash)) await this.upgradeHash(user, password);
    return user;
  }

  /** It can wait for the next login: none fails because of it. */
  private async upgradeHash(user: User, password: string): Promise<void> {
    const { users, passwords, logger } = this.needs;
    try {
      await users.upgradePasswordHash(user, await passwords.hash(password));
    } catch (error) {
      logger.warn('password hash could not be upgraded', { error, userId: user.id });
    }
  }
}
