import { inTransaction, nameStep } from '@shop/kit/database';
import { assertDeadlineNotExceeded } from '@shop/kit/deadline';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import type { Throttles } from '../attempt-throttle/open-throttles';
import { checkNewPassword } from '../passwords/password-rule';
import type { PasswordHasher } from '../passwords/password-hasher';
import type { SessionRepository } from '../sessions/session.repository';
import type { Client, TooManyAttempts } from './login.service';
import type { User } from '../users/user.entity';
import type { UserRepository } from '../users/user.repository';

export interface PasswordChange {
  user: User;
  /** The only session that stays open. */
  sessionId: string;
  currentPassword: string;
  newPassword: string;
  client: Client;
}

export type ChangePasswordResult =
  | { kind: 'CHANGED'; user: User }
  | { kind: 'INVALID_INPUT'; fields: { path: string; message: string }[] }
  | { kind: 'INVALID_CREDENTIALS' }
  | TooManyAttempts;

/** Replaces passwords. */
export class PasswordChangeService {
  constructor(
    private readonly needs: {
      dataSource: DataSource;
      users: UserRepository;
      sessionRepository: SessionRepository;
      passwords: PasswordHasher;
      throttles: Throttles;
      allowedCommonPasswords: readonly string[];
      logger: Logger;
    },
  ) {}

  async change(change: PasswordChange): Promise<ChangePasswordResult> {
    const { throttles, allowedCommonPasswords: allowed } = this.needs;
    const { email } = change.user;
    const check = checkNewPassword(change.newPassword, { email, allowed });
    if (check.kind === 'rejected') {
      return { kind: 'INVALID_INPUT', fields: [{ path: 'newPassword', message: check.rule }] };
    }
    // Shares the throttle of logins: a stolen access token must not allow more guesses than a login does.
    const attempt = await throttles.logins.attempt({ account: email, address: change.client.address }, () =>
      this.replace(change),
    );
    switch (attempt.kind) {
      case 'rejected':
        return { ...attempt, kind: 'TOO_MANY_ATTEMPTS' };
      case 'failed':
        return { kind: 'INVALID_CREDENTIALS' };
      case 'succeeded':
        return { kind: 'CHANGED', user: attempt.result };
    }
  }

  /** Null if the current password is wrong. */
  private async replace(change: PasswordChange): Promise<User | null> {
    const { users, passwords } = this.needs;
    let user: User | null = change.user;
    // Repeats only if the hash was replaced in between: by a concurrent change, or by a login that upgraded it.
    while (user && (await passwords.verify(change.currentPassword, user.passwordHash))) {
      const changed = await this.store(user, await passwords.hash(change.newPassword), change.sessionId);
      if (changed) return changed;
      user = await users.findById(user.id);
    }
    return null;
  }

  /** Null if the stored hash is no longer that of `user`. */
  private async store(user: User, passwordHash: string, sessionId: string): Promise<User | null> {
    const { dataSource, users, sessionRepository, logger } = this.needs;
    const { changed, endedSessions } = await inTransaction(dataSource, async (transaction) => {
      assertDeadlineNotExceeded();
      nameStep(transaction, 'user.password_changed');
      const changed = await users.changePassword(transaction, user, passwordHash);
      const endedSessions = changed
        ? await sessionRepository.revokeAllOf(
            { userId: user.id, exceptId: sessionId },
            'PASSWORD_CHANGED',
            transaction,
          )
        : 0;
      return { changed, endedSessions };
    });
    if (changed) logger.info('password changed', { userId: user.id, sessionId, endedSessions });
    return changed;
  }
}
