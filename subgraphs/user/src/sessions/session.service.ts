import type { TokenSigner } from '@shop/kit/auth';
import { inTransaction, type Transaction } from '@shop/kit/database';
import { problem } from '@shop/kit/errors';
import { isUuid } from '@shop/kit/ids';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import type { User } from '../accounts/user.entity';
import type { UserRepository } from '../accounts/user.repository';
import { hashRefreshToken, newRefreshToken } from './refresh-token';
import type { SessionRepository } from './session.repository';

/** A session as its holder gets it. */
export interface AuthSession {
  __typename: 'AuthSession';
  user: User;
  accessToken: string;
  refreshToken: string;
  tokenType: 'Bearer';
  expiresInSeconds: number;
}

export type RefreshOutcome =
  AuthSession | { __typename: 'InvalidRefreshToken'; code: 'invalid_refresh_token'; message: string };

const maximumUserAgentLength = 512;

/** Sign-ins: families of refresh tokens, each token good for one use (RFC 9700, 4.14.2). */
export class SessionService {
  constructor(
    private readonly needs: {
      dataSource: DataSource;
      sessions: SessionRepository;
      users: UserRepository;
      signer: TokenSigner;
      logger: Logger;
    },
  ) {}

  /** A new session, in the transaction that the sign-in belongs to. */
  async open(transaction: Transaction, user: User, userAgent: string | undefined): Promise<AuthSession> {
    const { sessions } = this.needs;
    const refresh = newRefreshToken();
    await sessions.deleteExpiredOf(transaction, user.id);
    const sessionId = await sessions.insert(transaction, {
      userId: user.id,
      userAgent: userAgent?.slice(0, maximumUserAgentLength) ?? null,
      tokenHash: refresh.hash,
    });
    return this.present(user, sessionId, refresh.token);
  }

  /** Exchanges a token for the next one. A used token that comes again was stolen, or its successor was: nobody keeps it. */
  async refresh(refreshToken: string): Promise<RefreshOutcome> {
    const tokenHash = hashRefreshToken(refreshToken);
    const next =
      tokenHash && (await inTransaction(this.needs.dataSource, (tx) => this.rotate(tx, tokenHash)));
    return next ?? { __typename: 'InvalidRefreshToken', ...problem('invalid_refresh_token') };
  }

  async logout(refreshToken: string): Promise<void> {
    const tokenHash = hashRefreshToken(refreshToken);
    if (tokenHash) await this.needs.sessions.revokeByToken(tokenHash, 'LOGOUT');
  }

  /** Ends one open session of this user; false when there is none with this id. */
  async revoke(userId: string, sessionId: string): Promise<boolean> {
    return isUuid(sessionId) && this.needs.sessions.revokeOwn({ id: sessionId, userId }, 'REVOKED');
  }

  revokeAll(userId: string): Promise<void> {
    return this.needs.sessions.revokeAllOf(userId, 'REVOKED');
  }

  /** Null is a refusal to be committed: with an error the revocation would be rolled back. */
  private async rotate(transaction: Transaction, tokenHash: Buffer): Promise<AuthSession | null> {
    const { sessions, users, logger } = this.needs;
    const family = await sessions.lockByToken(transaction, tokenHash);
    if (!family?.isOpen) return null;
    if (!(await sessions.consumeToken(transaction, tokenHash))) {
      await sessions.revoke(transaction, family.id, 'TOKEN_REUSED');
      logger.warn('refresh token used twice: session revoked', {
        sessionId: family.id,
        userId: family.userId,
      });
      return null;
    }
    const user = await users.findById(family.userId, transaction);
    if (!user) return null;
    const refresh = newRefreshToken();
    await sessions.renew(transaction, { id: family.id, tokenHash: refresh.hash });
    return this.present(user, family.id, refresh.token);
  }

  private present(user: User, sessionId: string, refreshToken: string): AuthSession {
    const { signer } = this.needs;
    return {
      __typename: 'AuthSession',
      user,
      accessToken: signer.sign({ userId: user.id, role: user.role, sessionId }),
      refreshToken,
      tokenType: 'Bearer',
      expiresInSeconds: signer.lifetimeSeconds,
    };
  }
}
