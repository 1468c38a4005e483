import { createHash } from 'node:crypto';
import { createEvent, type UserRegistered } from '@shop/events/contracts';
import type { Outbox } from '@shop/events/outbox';
import { inTransaction } from '@shop/kit/database';
import { assertDeadlineNotExceeded } from '@shop/kit/deadline';
import { isIdempotencyKey } from '@shop/kit/idempotency';
import type { DataSource } from 'typeorm';
import type { Throttles } from '../attempt-throttle/open-throttles';
import { checkNewPassword } from '../passwords/password-rule';
import type { PasswordHasher } from '../passwords/password-hasher';
import type { IssuedTokens, SessionService } from '../sessions/session.service';
import { normaliseEmail } from './email';
import type { Client, Credentials, LoginService, TooManyAttempts } from './login.service';
import type { User } from '../users/user.entity';
import type { UserRepository } from '../users/user.repository';

export interface Registration extends Credentials {
  idempotencyKey?: string | null;
}

export type RegisterResult =
  /** `isReplay`: an earlier request with the same key created the account. */
  | { kind: 'REGISTERED'; tokens: IssuedTokens; isReplay: boolean }
  | { kind: 'INVALID_INPUT'; fields: { path: string; message: string }[] }
  | { kind: 'EMAIL_TAKEN' }
  | { kind: 'KEY_CONFLICT' }
  | TooManyAttempts;

/** A valid registration. */
interface NewAccount {
  /** Normalised. */
  email: string;
  password: string;
  /** SHA-256 of the idempotency key. */
  keyHash: Buffer | null;
}

/** Creates accounts. */
export class RegistrationService {
  constructor(
    private readonly needs: {
      dataSource: DataSource;
      users: UserRepository;
      logins: LoginService;
      sessions: SessionService;
      passwords: PasswordHasher;
      throttles: Throttles;
      allowedCommonPasswords: readonly string[];
      outbox: Outbox;
    },
  ) {}

  async register(input: Registration, client: Client): Promise<RegisterResult> {
    const check = this.check(input);
    if (check.kind === 'INVALID_INPUT') return check;
    const { account } = check;
    const replay = await this.replay(account, client);
    if (replay) return replay;
    // Throttled because each costs a hash and reveals whether the email has an account.
    const attempt = await this.needs.throttles.registrations.attempt(
      { account: account.email, address: client.address },
      () => this.createAccount(account, client),
    );
    if (attempt.kind === 'rejected') return { ...attempt, kind: 'TOO_MANY_ATTEMPTS' };
    if (attempt.kind === 'succeeded') return { kind: 'REGISTERED', tokens: attempt.result, isReplay: false };
    // A concurrent request with the same key may have created the account.
    return (await this.replay(account, client)) ?? { kind: 'EMAIL_TAKEN' };
  }

  /** A rejection names every field that breaks a rule. */
  private check({ email: givenEmail, password, idempotencyKey: key = null }: Registration) {
    const fields: { path: string; message: string }[] = [];
    const email = normaliseEmail(givenEmail);
    if (email === null) {
      fields.push({
        path: 'email',
        message: 'must be an email address of at most 254 characters, for example name@example.com',
      });
    }
    const check = checkNewPassword(password, { email, allowed: this.needs.allowedCommonPasswords });
    if (check.kind === 'rejected') fields.push({ path: 'password', message: check.rule });
    if (key !== null && !isIdempotencyKey(key)) {
      fields.push({ path: 'idempotencyKey', message: 'must be 1 to 128 printable ASCII characters' });
    }
    if (email === null || fields.length > 0) return { kind: 'INVALID_INPUT' as const, fields };
    const keyHash = key === null ? null : createHash('sha256').update(key).digest();
    return { kind: 'VALID' as const, account: { email, password, keyHash } };
  }

  /**
   * Returns new tokens if the key created an account and the password matches; undefined for an
   * unknown key. Tokens are not stored. Wrong passwords are throttled like failed logins.
   */
  private async replay(
    { email, password, keyHash }: NewAccount,
    client: Client,
  ): Promise<RegisterResult | undefined> {
    const user = keyHash && (await this.needs.users.findByRegistrationKey(keyHash));
    if (!user) return undefined;
    if (user.email !== email) return { kind: 'KEY_CONFLICT' };
    const result = await this.needs.logins.login({ email, password }, client);
    switch (result.kind) {
      case 'LOGGED_IN':
        return { kind: 'REGISTERED', tokens: result.tokens, isReplay: true };
      case 'INVALID_CREDENTIALS':
        return { kind: 'KEY_CONFLICT' };
      case 'TOO_MANY_ATTEMPTS':
        return result;
    }
  }

  /** Null if the email or the key is already used. */
  private async createAccount(
    { email, password, keyHash }: NewAccount,
    client: Client,
  ): Promise<IssuedTokens | null> {
    const { dataSource, users, sessions, passwords, outbox } = this.needs;
    // Before the transaction, because it is slow and a transaction holds a connection.
    const passwordHash = await passwords.hash(password);
    const tokens = await inTransaction(dataSource, async (transaction) => {
      assertDeadlineNotExceeded();
      const user = await users.insert(transaction, { email, passwordHash, keyHash });
      if (!user) return null;
      await outbox.publish(transaction, userRegistered(user));
      return sessions.open(transaction, user, client.userAgent);
    });
    outbox.wake();
    return tokens;
  }
}

/** Contains no personal data. */
function userRegistered({ id: userId, role, createdAt }: User): UserRegistered {
  return createEvent({
    source: 'user',
    type: 'user.registered',
    subject: userId,
    data: { userId, role, createdAt: createdAt.toISOString() },
  });
}
