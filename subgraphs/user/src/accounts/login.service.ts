import { inTransaction } from '@shop/kit/database';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import type { Throttles } from '../attempt-throttle/open-throttles';
import type { PasswordHasher } from '../passwords/password-hasher';
import type { IssuedTokens, SessionService } from '../sessions/session.service';
import { normaliseEmail } from './email';
import type { User } from '../users/user.entity';
import type { UserRepository } from '../users/user.repository';

/** As entered by a person. */
export interface Credentials {
  email: string;
  password: string;
}

/** The client as the gateway saw it. */
export interface Client {
  address: string | undefined;
  userAgent: string | undefined;
}

/** The attempt was not processed. */
export interface TooManyAttempts {
  kind: 'TOO_MANY_ATTEMPTS';
  /** At least 1. */
  retryAfterSeconds: number;
}

export type LoginResult =
  { kind: 'LOGGED_IN'; tokens: IssuedTokens } | { kind: 'INVALID_CREDENTIALS' } | TooManyAttempts;

/** Verifies passwords and opens sessions. */
export class LoginService {
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

  async login(input: Credentials, client: Client): Promise<LoginResult> {
    const email = normaliseEmail(input.email);
    const attempt = await this.needs.throttles.logins.attempt(
      { account: email ?? undefined, address: client.address },
      () => this.authenticate(email, input.password),
    );
    switch (attempt.kind) {
      case 'rejected':
        return { ...attempt, kind: 'TOO_MANY_ATTEMPTS' };
      case 'failed':
        return { kind: 'INVALID_CREDENTIALS' };
      case 'succeeded': {
        const tokens = await this.openSession(attempt.result, client);
        // Null: the hash was replaced since, by a password change or a login that upgraded it.
        return tokens ? { kind: 'LOGGED_IN', tokens } : this.login(input, client);
      }
    }
  }

  /** Null if the hash has changed since it was verified: an old password must not open a session. */
  private openSession(user: User, client: Client): Promise<IssuedTokens | null> {
    const { dataSource, users, sessions } = this.needs;
    return inTransaction(dataSource, async (transaction) => {
      if (!(await users.lockPasswordHash(transaction, user))) return null;
      return sessions.open(transaction, user, client.userAgent);
    });
  }

  /** Null for an unknown email or a wrong password; both take equally long. */
  private async authenticate(email: string | null, password: string): Promise<User | null> {
    const { users, passwords } = this.needs;
    const user = email === null ? null : await users.findByEmail(email);
    const isValid = await passwords.verify(password, user?.passwordHash ?? null);
    if (!user || !isValid) return null;
    return passwords.isOutdated(user.passwordHash) ? this.upgradeHash(user, password) : user;
  }

  /** A failure is logged only: the next login tries again. */
  private async upgradeHash(user: User, password: string): Promise<User> {
    const { users, passwords, logger } = this.needs;
    try {
      const passwordHash = await passwords.hash(password);
      await users.upgradePasswordHash(user, passwordHash);
      return { ...user, passwordHash };
    } catch (error) {
      logger.warn('password hash could not be upgraded', { error, userId: user.id });
      return user;
    }
  }
}
