import { createHash } from 'node:crypto';
import type { Outbox } from '@shop/events/outbox';
import { inTransaction } from '@shop/kit/database';
import { assertDeadlineNotExceeded } from '@shop/kit/deadline';
import { isIdempotencyKey } from '@shop/kit/idempotency';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import { problem } from '../errors';
import { userRegistered } from '../events/user-events';
import type { RefusedAttempt } from '../attempt-throttle/attempt-throttle';
import type { Throttles } from '../attempt-throttle/open-throttles';
import type { PasswordHasher } from '../passwords/password-hasher';
import type { AuthSession, SessionService } from '../sessions/session.service';
import { checkCredentials } from './credentials-rule';
import { normaliseEmail } from './email';
import type { User } from './user.entity';
import type { UserRepository } from './user.repository';

/** As a person typed them. */
export interface Credentials {
  email: string;
  password: string;
}

export interface Registration extends Credentials {
  idempotencyKey?: string | null;
}

/** The client as the gateway saw it. */
export interface Client {
  address: string | undefined;
  userAgent: string | undefined;
}

export interface TooManyAttempts {
  __typename: 'TooManyAttempts';
  code: 'too_many_attempts';
  message: string;
  retryAfterSeconds: number;
}

export type RegisterOutcome =
  | AuthSession
  | TooManyAttempts
  | { __typename: 'IdempotencyConflict'; code: 'idempotency_conflict'; message: string }
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

/** A valid registration. */
interface NewAccount {
  /** Normalised. */
  email: string;
  password: string;
  keyHash: Buffer | null;
}

const keyRule = { path: 'idempotencyKey', message: 'must be 1 to 128 printable ASCII characters' };

/** Making accounts and signing in to them. */
export class AccountService {
  constructor(
    private readonly needs: {
      dataSource: DataSource;
      users: UserRepository;
      sessions: SessionService;
      passwords: PasswordHasher;
      throttles: Throttles;
      allowedCommonPasswords: readonly string[];
      logger: Logger;
      outbox: Outbox;
    },
  ) {}

  /** `replayed`: an earlier request with the same key created the account. */
  async register(
    input: Registration,
    client: Client,
  ): Promise<{ outcome: RegisterOutcome; replayed: boolean }> {
    const { idempotencyKey: key = null } = input;
    const check = checkCredentials(input, this.needs.allowedCommonPasswords);
    const fields = [
      ...(check.kind === 'refused' ? check.fields : []),
      ...(key === null || isIdempotencyKey(key) ? [] : [keyRule]),
    ];
    if (check.kind === 'refused' || fields.length > 0) {
      return first({ __typename: 'InvalidInput', ...problem('invalid_input'), fields });
    }
    const registration = { email: check.email, password: input.password, keyHash: hashOf(key) };
    const replay = await this.replay(registration, client);
    if (replay) return replay;
    // Each costs a hash, tells whether there is such an account, and may make one that nobody wants.
    const attempt = await this.needs.throttles.registrations.spend(
      { account: check.email, address: client.address },
      () => this.makeAccount(registration, client),
    );
    if (attempt.kind === 'refused') return first(tooManyAttempts(attempt));
    if (attempt.result) return first(attempt.result);
    // A concurrent request with the same key may have created the account.
    const late = await this.replay(registration, client);
    return late ?? first({ __typename: 'EmailTaken', ...problem('email_taken') });
  }

  /**
   * Returns a new session if the key created an account and the password matches; undefined for an
   * unknown key. Tokens are not stored. Wrong passwords are throttled like failed logins.
   */
  private async replay({ email, password, keyHash }: NewAccount, client: Client) {
    const user = keyHash && (await this.needs.users.findByRegistrationKey(keyHash));
    if (!user) return undefined;
    const outcome = user.email === email ? await this.login({ email, password }, client) : undefined;
    if (outcome?.__typename === 'AuthSession') return { outcome, replayed: true };
    if (outcome?.__typename === 'TooManyAttempts') return first(outcome);
    return first({ __typename: 'IdempotencyConflict', ...problem('idempotency_conflict') });
  }

  /** Null if the email or the key is already used. */
  private async makeAccount(
    { email, password, keyHash }: NewAccount,
    client: Client,
  ): Promise<AuthSession | null> {
    const { dataSource, users, sessions, passwords, outbox } = this.needs;
    // Before the transaction: it takes long, and would hold a connection meanwhile.
    const passwordHash = await passwords.hash(password);
    const session = await inTransaction(dataSource, async (transaction) => {
      assertDeadlineNotExceeded();
      const user = await users.insert(transaction, { email, passwordHash, keyHash });
      if (!user) return null;
      await outbox.publish(transaction, userRegistered(user));
      return sessions.open(transaction, user, client.userAgent);
    });
    outbox.wake();
    return session;
  }

  async login(input: Credentials, client: Client): Promise<LoginOutcome> {
    const { throttles } = this.needs;
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
      case 'succeeded': {
        const session = await this.openSession(attempt.result, client);
        // The hash was replaced in between: by a password change, or by a concurrent login that upgraded it.
        return session ?? this.login(input, client);
      }
    }
  }

  /** Null if the password may have been changed since it was verified: a login with the old password must not open a session. */
  private openSession(user: User, client: Client): Promise<AuthSession | null> {
    const { dataSource, users, sessions } = this.needs;
    return inTransaction(dataSource, async (transaction) => {
      if (!(await users.lockPasswordHash(transaction, user))) return null;
      return sessions.open(transaction, user, client.userAgent);
    });
  }

  /** The user whose password it is. An unknown email takes as long as a wrong password. */
  private async authenticate(email: string | null, password: string): Promise<User | null> {
    const { users, passwords } = this.needs;
    const user = email === null ? null : await users.findByEmail(email);
    const isRight = await passwords.verify(password, user?.passwordHash ?? null);
    if (!user || !isRight) return null;
    return passwords.isOutdated(user.passwordHash) ? this.upgradeHash(user, password) : user;
  }

  /** It can wait for the next login: none fails because of it. */
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

export function tooManyAttempts({ retryAfterSeconds }: RefusedAttempt): TooManyAttempts {
  return { __typename: 'TooManyAttempts', ...problem('too_many_attempts'), retryAfterSeconds };
}

function first(outcome: RegisterOutcome): { outcome: RegisterOutcome; replayed: boolean } {
  return { outcome, replayed: false };
}

function hashOf(key: string | null): Buffer | null {
  return key === null ? null : createHash('sha256').update(key).digest();
}
