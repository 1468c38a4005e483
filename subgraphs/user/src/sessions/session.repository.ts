import { columnList, type Transaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import type { Rotation } from './refresh-token';
import { type RevokeReason, Session } from './session.entity';

/** A family locked for a refresh. */
export interface LockedSession {
  id: string;
  userId: string;
  /** Neither revoked nor expired, by the database's clock, after the lock was acquired. */
  isOpen: boolean;
}

/** Maximum time between two refreshes. */
const idleLifetime = `interval '14 days'`;
/** Maximum time from the login. */
const maximumLifetime = `interval '30 days'`;

/** The tables `session_families` and `refresh_tokens`. */
export class SessionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Inserts a family with its first token. @returns the id of the family */
  async insert(
    transaction: Transaction,
    session: { userId: string; userAgent: string | null; tokenHash: Buffer },
  ): Promise<string> {
    const [inserted] = await transaction.query<[{ id: string }]>(
      `/* SessionRepository.insert */
       WITH family AS (
         INSERT INTO session_families (user_id, user_agent, expires_at)
         VALUES ($1, $2, now() + ${idleLifetime})
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
   * Locks the family of a token, used or not, against concurrent refreshes, revocations and logouts. Read
   * the token itself in a later statement: this one sees it as it was before the wait for the lock.
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

  /** Marks a token as used and stores how its successor is derived; false if it was already used. */
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

  /** The rotation of a token that was used within this number of seconds, by the database's clock. */
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

  /** The hash of the unused token among these; a family has at most one. */
  async findUnusedToken(transaction: Transaction, tokenHashes: readonly Buffer[]): Promise<Buffer | null> {
    const [unused] = await transaction.query<{ hash: Buffer }[]>(
      `/* SessionRepository.findUnusedToken */
       SELECT token_hash AS hash FROM refresh_tokens WHERE token_hash = ANY ($1) AND used_at IS NULL`,
      [tokenHashes],
    );
    return unused?.hash ?? null;
  }

  /** Inserts the next token of a locked family and extends its lifetime. */
  async renew(transaction: Transaction, session: { id: string; tokenHash: Buffer }): Promise<void> {
    await transaction.query(
      `/* SessionRepository.renew */
       WITH renewed AS (
         UPDATE session_families
         SET last_used_at = now(),
             expires_at = least(now() + ${idleLifetime}, created_at + ${maximumLifetime})
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

  /** False if the user has no open session with this id. */
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

  /** @returns the number of ended sessions */
  async revokeAllOf(
    { userId, exceptId = null }: { userId: string; exceptId?: string | null },
    reason: RevokeReason,
    transaction: Transaction = this.dataSource.manager,
  ): Promise<number> {
    const revoked = await transaction.query<object[]>(
      `/* SessionRepository.revokeAllOf */
       WITH revoked AS (
         UPDATE session_families SET revoked_at = now(), revoke_reason = $3
         WHERE user_id = $1 AND id IS DISTINCT FROM $2 AND revoked_at IS NULL
         RETURNING 1
       )
       SELECT FROM revoked`,
      [userId, exceptId, reason],
    );
    return revoked.length;
  }

  /** Sessions that were revoked within this number of seconds. */
  async findRevokedIds(seconds: number): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `/* SessionRepository.findRevokedIds */
       SELECT id FROM session_families WHERE revoked_at > now() - $1 * interval '1 second'`,
      [seconds],
    );
    return rows.map(({ id }) => id);
  }

  /** With their tokens: an unknown token is rejected like a used one. */
  async deleteExpiredOf(transaction: Transaction, userId: string): Promise<void> {
    await transaction.query(
      `/* SessionRepository.deleteExpiredOf */
       DELETE FROM session_families WHERE user_id = $1 AND expires_at < now() - interval '1 day'`,
      [userId],
    );
  }

  /** Open sessions, newest first, at most 100 per user. */
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
