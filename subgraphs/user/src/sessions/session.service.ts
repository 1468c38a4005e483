import type { TokenIssue, TokenSigner } from '@shop/kit/auth';
import { inTransaction, nameStep, type Transaction } from '@shop/kit/database';
import { isUuid } from '@shop/kit/ids';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import type { User } from '../users/user.entity';
import type { UserRepository } from '../users/user.repository';
import {
  accessTokenIdOf,
  newRefreshToken,
  newRotation,
  readRefreshToken,
  type RefreshToken,
  successorOf,
} from './refresh-token';
import type { LockedSession, SessionRepository } from './session.repository';

/** The tokens of a session, for its holder alone. */
export interface IssuedTokens {
  user: User;
  accessToken: string;
  refreshToken: string;
  /** Of the access token. */
  expiresInSeconds: number;
}

/** The token that follows a used one, and when its first access token was issued. */
interface Successor {
  token: string;
  issuedAt: Date;
}

const maximumUserAgentLength = 512;

/**
 * Sessions are families of refresh tokens; each token is exchanged once (RFC 9700, 4.14.2). A repeat
 * within `refreshRepeatSeconds`, before the successor was used, returns the same successor: two tabs
 * refreshed concurrently, or a response was lost.
 */
export class SessionService {
  constructor(
    private readonly needs: {
      dataSource: DataSource;
      sessions: SessionRepository;
      users: UserRepository;
      signer: TokenSigner;
      /** The current one first. */
      successorSecrets: () => readonly Buffer[];
      /** 0 disables repeats. */
      refreshRepeatSeconds: number;
      logger: Logger;
    },
  ) {}

  /** Creates a session in the transaction of the login. */
  async open(transaction: Transaction, user: User, userAgent: string | undefined): Promise<IssuedTokens> {
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

  /**
   * Exchanges a token for the next one; null if it is not valid. Any reuse that is not such a repeat
   * indicates theft: the session ends.
   */
  async refresh(refreshToken: string): Promise<IssuedTokens | null> {
    const presented = readRefreshToken(refreshToken);
    return presented && inTransaction(this.needs.dataSource, (tx) => this.rotate(tx, presented));
  }

  async logout(refreshToken: string): Promise<void> {
    const presented = readRefreshToken(refreshToken);
    if (presented) await this.needs.sessions.revokeByToken(presented.hash, 'LOGOUT');
  }

  /** False if the user has no open session with this id. */
  async revoke(userId: string, sessionId: string): Promise<boolean> {
    return isUuid(sessionId) && this.needs.sessions.revokeOwn({ id: sessionId, userId }, 'REVOKED');
  }

  async revokeAll(userId: string): Promise<void> {
    await this.needs.sessions.revokeAllOf({ userId }, 'REVOKED');
  }

  /** Returns null instead of throwing, because an error would roll back the revocation. */
  private async rotate(transaction: Transaction, presented: RefreshToken): Promise<IssuedTokens | null> {
    const { sessions, users, logger } = this.needs;
    const family = await sessions.lockByToken(transaction, presented.hash);
    if (!family?.isOpen) return null;
    const { id: sessionId, userId } = family;
    const successor =
      (await this.exchange(transaction, family, presented)) ??
      (await this.findSuccessor(transaction, family, presented));
    if (!successor) {
      await sessions.revoke(transaction, sessionId, 'TOKEN_REUSED');
      logger.warn('refresh token used twice: session revoked', { sessionId, userId });
      return null;
    }
    const user = await users.findById(userId, transaction);
    if (!user) return null;
    const tokenId = accessTokenIdOf(successor.token, user.role);
    return this.present(user, sessionId, successor.token, { tokenId, issuedAt: successor.issuedAt });
  }

  /** Null if the token was already used. */
  private async exchange(
    transaction: Transaction,
    family: LockedSession,
    presented: RefreshToken,
  ): Promise<Successor | null> {
    const { sessions, successorSecrets } = this.needs;
    const rotation = newRotation();
    if (!(await sessions.consumeToken(transaction, presented.hash, rotation))) return null;
    const [currentSecret] = successorSecrets();
    if (!currentSecret) throw new Error('The ring of signing keys has no current key.');
    const successor = successorOf(presented, rotation, currentSecret);
    nameStep(transaction, 'user.refresh_token_exchanged');
    await sessions.renew(transaction, { id: family.id, tokenHash: successor.hash });
    return { token: successor.token, issuedAt: rotation.issuedAt };
  }

  /** The unused successor of a token that was exchanged within the window; null: the reuse indicates theft. */
  private async findSuccessor(
    transaction: Transaction,
    family: LockedSession,
    presented: RefreshToken,
  ): Promise<Successor | null> {
    const { sessions, successorSecrets, refreshRepeatSeconds, logger } = this.needs;
    if (refreshRepeatSeconds === 0) return null;
    const rotation = await sessions.findRecentRotation(transaction, presented.hash, refreshRepeatSeconds);
    if (!rotation) return null;
    // The signing keys may have been rotated in between, or another process may not have read the new ring yet.
    const candidates = successorSecrets().map((secret) => successorOf(presented, rotation, secret));
    const unused = await sessions.findUnusedToken(
      transaction,
      candidates.map(({ hash }) => hash),
    );
    const successor = candidates.find(({ hash }) => unused?.equals(hash));
    if (!successor) return null;
    const { id: sessionId, userId } = family;
    logger.info('refresh token repeated: same successor returned', { sessionId, userId });
    return { token: successor.token, issuedAt: rotation.issuedAt };
  }

  private present(user: User, sessionId: string, refreshToken: string, issue?: TokenIssue): IssuedTokens {
    const { signer } = this.needs;
    return {
      user,
      accessToken: signer.sign({ userId: user.id, role: user.role, sessionId }, issue),
      refreshToken,
      expiresInSeconds: signer.lifetimeSeconds,
    };
  }
}
