import type { Role } from '@shop/access';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An account. The database generates the id (UUIDv7) and both times. */
@Entity({ name: 'users' })
export class User {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  /** Normalised by `normaliseEmail`; unique. */
  @Column({ type: 'text' })
  email: string;

  /** bcrypt. */
  @Column({ type: 'text', name: 'password_hash' })
  passwordHash: string;

  @Column({ type: 'text' })
  role: Role;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt: Date;
}
