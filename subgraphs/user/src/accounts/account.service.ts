import { publishEvent } from '@shop/events/outbox';
import { inTransaction } from '@shop/kit/database';
import { requireTimeLeft } from '@shop/kit/deadline';
import { problem } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import { userRegistered } from '../events/user-events';
import type { RefusedAttempt } from '../attempt-throttle/attempt-throttle';
import type { Throttles } from '../attempt-throttle/open-throttles';
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

interface TooManyAttempts {
  __typename: 'TooManyAttempts';
  code: 'too_many_attempts';
  message: string;
  retryAfterSeconds: number;
}

export type RegisterOutcome =
  | AuthSession
  | TooManyAttempts
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
  | TooManyAttempts;

/** Making accounts and signing in to them. */
export class AccountService {
  constructor(
    private readonly needs: {
      dataSource: DataSource;
      users: UserRepository;
      sessions: SessionService;
      passwords: PasswordHasher;
      throttles: Throttles;
      logger: Logger;
    },
  ) {}

  async register(input: Credentials, client: Client): Promise<RegisterOutcome> {
    const verdict = judgeCredentials(input);
    if (verdict.kind === 'refused') {
      return { __typename: 'InvalidInput', ...problem('invalid_input'), fields: verdict.fields };
    }
    // Each costs a hash, tells whether there is such an account, and may make one that nobody wants.
    const attempt = await this.needs.throttles.registrations.spend(
      { account: verdict.email, address: client.address },
      () => this.makeAccount(verdict.email, input.password, client),
    );
    if (attempt.kind === 'refused') return tooManyAttempts(attempt);
    return attempt.result ?? { __typename: 'EmailTaken', ...problem('email_taken') };
  }

  /** Null for an email that is taken. */
  private async makeAccount(email: string, password: string, client: Client): Promise<AuthSession | null> {
    const { dataSource, users, sessions, passwords } = this.needs;
    // Before the transaction: it takes long, and would hold a connection meanwhile.
    const passwordHash = await passwords.hash(password);
    return inTransaction(dataSource, async (transaction) => {
      requireTimeLeft();
      const user = await users.insert(transaction, { email, passwordHash });
      if (!user) return null;
      await publishEvent(transaction, userRegistered(user));
      return sessions.open(transaction, user, client.userAgent);
    });
  }

  async login(input: Credentials, client: Client): Promise<LoginOutcome> {
    const { dataSource, sessions, throttles } = this.needs;
    const email = normaliseEmail(input.email);
    const attempt = await throttles.logins.attempt(
      { account: email ?? undefined, address: client.address },
      () => this.authenticate(email, input.password),
    );
    switch (attempt.kind) {
      case 'refused':
        return tooManyAttempts(attempt);
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

function tooManyAttempts({ retryAfterSeconds }: RefusedAttempt): TooManyAttempts {
  return { __typename: 'TooManyAttempts', ...problem('too_many_attempts'), retryAfterSeconds };
}
