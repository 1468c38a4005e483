import { columnList, query, statement, type Transaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import { User } from './user.entity';

const columns = columnList(User);

const findByIds = statement(
  'UserRepository.findByIds',
  `SELECT ${columns} FROM users WHERE id = ANY ($1::uuid[])`,
);

/** The table `users`. */
export class UserRepository {
  constructor(private readonly dataSource: DataSource) {}

  findById(id: string, transaction: Transaction = this.dataSource.manager): Promise<User | null> {
    return transaction.findOne(User, { where: { id }, comment: 'UserRepository.findById' });
  }

  findByIds(ids: readonly string[]): Promise<User[]> {
    return query(this.dataSource, findByIds, [ids]);
  }

  /** @param email normalised */
  findByEmail(email: string): Promise<User | null> {
    return this.dataSource.manager.findOne(User, {
      where: { email },
      comment: 'UserRepository.findByEmail',
    });
  }

  /** @param keyHash SHA-256 of the idempotency key that created the account */
  async findByRegistrationKey(keyHash: Buffer): Promise<User | null> {
    const [found] = await this.dataSource.query<User[]>(
      `/* UserRepository.findByRegistrationKey */
       SELECT ${columns} FROM users WHERE registration_key_hash = $1`,
      [keyHash],
    );
    return found ?? null;
  }

  /**
   * Null if the email or the key is already used. Relies on the unique constraints, because requests
   * may be concurrent.
   *
   * @param keyHash SHA-256 of the idempotency key, null without one
   */
  async insert(
    transaction: Transaction,
    user: Pick<User, 'email' | 'passwordHash'> & { keyHash: Buffer | null },
  ): Promise<User | null> {
    const [inserted] = await transaction.query<User[]>(
      `/* UserRepository.insert */
       INSERT INTO users (email, password_hash, registration_key_hash) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING
       RETURNING ${columns}`,
      [user.email, user.passwordHash, user.keyHash],
    );
    return inserted ?? null;
  }

  /** Null if the hash has changed since it was read, by a concurrent change. */
  async changePassword(transaction: Transaction, user: User, passwordHash: string): Promise<User | null> {
    const [changed] = await transaction.query<User[]>(
      `/* UserRepository.changePassword */
       WITH changed AS (
         UPDATE users SET password_hash = $3, updated_at = now()
         WHERE id = $1 AND password_hash = $2
         RETURNING *
       )
       SELECT ${columns} FROM changed`,
      [user.id, user.passwordHash, passwordHash],
    );
    return changed ?? null;
  }

  /** Locks the row against a change of the hash; false if it has already changed since it was read. */
  async lockPasswordHash(transaction: Transaction, user: User): Promise<boolean> {
    const locked = await transaction.query<object[]>(
      `/* UserRepository.lockPasswordHash */
       SELECT FROM users WHERE id = $1 AND password_hash = $2 FOR SHARE`,
      [user.id, user.passwordHash],
    );
    return locked.length > 0;
  }

  /** Replaces a hash by one of the same password, unless it has changed since it was read. */
  async upgradePasswordHash(user: User, passwordHash: string): Promise<void> {
    await this.dataSource.query(
      `/* UserRepository.upgradePasswordHash */
       UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2`,
      [user.id, user.passwordHash, passwordHash],
    );
  }

  /** Inserts the account, or gives an existing one the role ADMIN and this password. */
  async saveAdmin(transaction: Transaction, admin: Pick<User, 'email' | 'passwordHash'>): Promise<User> {
    const [saved] = await transaction.query<[User]>(
      `/* UserRepository.saveAdmin */
       INSERT INTO users (email, password_hash, role) VALUES ($1, $2, 'ADMIN')
       ON CONFLICT (email) DO UPDATE
         SET password_hash = excluded.password_hash, role = excluded.role, updated_at = now()
       RETURNING ${columns}`,
      [admin.email, admin.passwordHash],
    );
    return saved;
  }
}
