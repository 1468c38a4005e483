import { columnList, type Transaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import type { Rotation } from './refresh-token';
import { type RevokeReason, Session } from './session.entity';

/** What a refresh must know of the family that it has locked. */
export interface LockedSession {
  id: string;
  userId: string;
  /** Neither revoked nor expired, by the database's clock, once the lock is held. */
  isOpen: boolean;
}

/** Longest pause between two refreshes. */
const idleLife = `interval '14 days'`;
/** Longest time from the sign-in. */
const wholeLife = `interval '30 days'`;

/** The tables `session_families` and `refresh_tokens`. Methods run on their own unless they are given a transaction. */
export class SessionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** A new family with its first token; answers its id. */
  async insert(
    transaction: Transaction,
    session: { userId: string; userAgent: string | null; tokenHash: Buffer },
  ): Promise<string> {
    const [inserted] = await transaction.query<[{ id: string }]>(
      `/* SessionRepository.insert */
       WITH family AS (
         INSERT INTO session_families (user_id, user_agent, expires_at)
         VALUES ($1, $2, now() + ${idleLife})
         RETURNING id
       ), token AS (
         INSERT INTO refresh_tokens (token_hash, family_id) SELECT $3, id FROM family
       )
       SELECT id FROM family`,
      [session.userId, session.userAgent, session.tokenHash],
    );
    return inserted.id;
  }

  /**
   * Locks the family of a token, used or not: whoever refreshes, revokes or logs out waits. What the token itself says must be
   * read after this, in a statement of its own, or it is as old as the wait was long.
   */
  async lockByToken(transaction: Transaction, tokenHash: Buffer): Promise<LockedSession | null> {
    const [locked] = await transaction.query<LockedSession[]>(
      `/* SessionRepository.lockByToken */
       SELECT id, user_id AS "userId", revoked_at IS NULL AND expires_at > clock_timestamp() AS "isOpen"
       FROM session_families
       WHERE id = (SELECT family_id FROM refresh_tokens WHERE token_hash = $1)
       FOR UPDATE`,
      [tokenHash],
    );
    return locked ?? null;
  }

  /** Marks a token as used and stores the values from which its successor is derived; false if it was already used. */
  async consumeToken(transaction: Transaction, tokenHash: Buffer, rotation: Rotation): Promise<boolean> {
    const [consumed] = await transaction.query<{ isConsumed: true }[]>(
      `/* SessionRepository.consumeToken */
       WITH consumed AS (
         UPDATE refresh_tokens
         SET used_at = clock_timestamp(), successor_salt = $2, successor_issued_at = $3
         WHERE token_hash = $1 AND used_at IS NULL RETURNING 1
       )
       SELECT true AS "isConsumed" FROM consumed`,
      [tokenHash, rotation.salt, rotation.issuedAt],
    );
    return consumed !== undefined;
  }

  /** How a token was exchanged, if it was used within this number of seconds, by the database's clock. */
  async findRecentRotation(
    transaction: Transaction,
    tokenHash: Buffer,
    seconds: number,
  ): Promise<Rotation | null> {
    const [rotation] = await transaction.query<Rotation[]>(
      `/* SessionRepository.findRecentRotation */
       SELECT successor_salt AS salt, successor_issued_at AS "issuedAt"
       FROM refresh_tokens
       WHERE token_hash = $1 AND successor_salt IS NOT NULL
         AND used_at > clock_timestamp() - $2 * interval '1 second'`,
      [tokenHash, seconds],
    );
    return rotation ?? null;
  }

  /** The one of these tokens that exists and is unused; a family has at most one. */
  async findUnusedToken(transaction: Transaction, tokenHashes: readonly Buffer[]): Promise<Buffer | null> {
    const [unused] = await transaction.query<{ hash: Buffer }[]>(
      `/* SessionRepository.findUnusedToken */
       SELECT token_hash AS hash FROM refresh_tokens WHERE token_hash = ANY ($1) AND used_at IS NULL`,
      [tokenHashes],
    );
    return unused?.hash ?? null;
  }

  /** Gives a locked family its next token and more time. */
  async renew(transaction: Transaction, session: { id: string; tokenHash: Buffer }): Promise<void> {
    await transaction.query(
      `/* SessionRepository.renew */
       WITH renewed AS (
         UPDATE session_families
         SET last_used_at = now(),
             expires_at = least(now() + ${idleLife}, created_at + ${wholeLife})
         WHERE id = $1
       )
       INSERT INTO refresh_tokens (token_hash, family_id) VALUES ($2, $1)`,
      [session.id, session.tokenHash],
    );
  }

  async revoke(transaction: Transaction, id: string, reason: RevokeReason): Promise<void> {
    await transaction.query(
      `/* SessionRepository.revoke */
       UPDATE session_families SET revoked_at = now(), revoke_reason = $2 WHERE id = $1 AND revoked_at IS NULL`,
      [id, reason],
    );
  }

  async revokeByToken(tokenHash: Buffer, reason: RevokeReason): Promise<void> {
    await this.dataSource.query(
      `/* SessionRepository.revokeByToken */
       UPDATE session_families SET revoked_at = now(), revoke_reason = $2
       WHERE id = (SELECT family_id FROM refresh_tokens WHERE token_hash = $1) AND revoked_at IS NULL`,
      [tokenHash, reason],
    );
  }

  /** Ends an open session of this user; false when there is none with this id. */
  async revokeOwn(session: { id: string; userId: string }, reason: RevokeReason): Promise<boolean> {
    const [revoked] = await this.dataSource.query<{ isRevoked: true }[]>(
      `/* SessionRepository.revokeOwn */
       WITH revoked AS (
         UPDATE session_families SET revoked_at = now(), revoke_reason = $3
         WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > now()
         RETURNING 1
       )
       SELECT true AS "isRevoked" FROM revoked`,
      [session.id, session.userId, reason],
    );
    return revoked !== undefined;
  }

  async revokeAllOf(
    userId: string,
    reason: RevokeReason,
    transaction: Transaction = this.dataSource.manager,
  ): Promise<void> {
    await transaction.query(
      `/* SessionRepository.revokeAllOf */
       UPDATE session_families SET revoked_at = now(), revoke_reason = $2
       WHERE user_id = $1 AND revoked_at IS NULL`,
      [userId, reason],
    );
  }

  /** For a password change. @returns the number of ended sessions */
  async revokeOthersOf(
    transaction: Transaction,
    { userId, keptId }: { userId: string; keptId: string },
  ): Promise<number> {
    const revoked = await transaction.query<object[]>(
      `/* SessionRepository.revokeOthersOf */
       WITH revoked AS (
         UPDATE session_families SET revoked_at = now(), revoke_reason = 'PASSWORD_CHANGED'
         WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL
         RETURNING 1
       )
       SELECT FROM revoked`,
      [userId, keptId],
    );
    return revoked.length;
  }

  /** Ended before their time within the last so many seconds. */
  async findRevokedIds(seconds: number): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `/* SessionRepository.findRevokedIds */
       SELECT id FROM session_families WHERE revoked_at > now() - $1 * interval '1 second'`,
      [seconds],
    );
    return rows.map(({ id }) => id);
  }

  /** Forgets what is past, with all tokens: a token that is unknown is refused like one that was used. */
  async deleteExpiredOf(transaction: Transaction, userId: string): Promise<void> {
    await transaction.query(
      `/* SessionRepository.deleteExpiredOf */
       DELETE FROM session_families WHERE user_id = $1 AND expires_at < now() - interval '1 day'`,
      [userId],
    );
  }

  /** Open sessions of several users, newest first, at most 100 of each. */
  findOpenByUserIds(userIds: readonly string[]): Promise<Session[]> {
    return this.dataSource.query<Session[]>(
      `/* SessionRepository.findOpenByUserIds */
       SELECT ${columnList(Session, { table: 'open' })}
       FROM unnest($1::uuid[]) AS wanted (wanted_id)
       CROSS JOIN LATERAL (
         SELECT * FROM session_families
         WHERE user_id = wanted_id AND revoked_at IS NULL AND expires_at > now()
         ORDER BY created_at DESC, id DESC LIMIT 100
       ) AS open
       ORDER BY created_at DESC, id DESC`,
      [userIds],
    );
  }
}
