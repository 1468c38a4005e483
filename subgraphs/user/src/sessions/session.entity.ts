import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Why a session was revoked. */
export type RevokeReason = 'LOGOUT' | 'REVOKED' | 'TOKEN_REUSED' | 'PASSWORD_CHANGED';

/** A login and the family of its refresh tokens. */
@Entity({ name: 'session_families' })
export class Session {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', name: 'user_id' })
  userId: string;

  @Column({ type: 'text', name: 'user_agent', nullable: true })
  userAgent: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'last_used_at' })
  lastUsedAt: Date;

  /** 14 days after the last refresh, at most 30 days after the login. */
  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt: Date;

  @Column({ type: 'timestamptz', name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  @Column({ type: 'text', name: 'revoke_reason', nullable: true })
  revokeReason: RevokeReason | null;
}
