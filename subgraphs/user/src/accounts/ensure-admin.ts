import { inTransaction } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import type { PasswordHasher } from '../passwords/password-hasher';
import { SessionRepository } from '../sessions/session.repository';
import { UserRepository } from '../users/user.repository';

export type AdminOutcome = 'created' | 'unchanged' | 'role and password updated, sessions ended';

/**
 * Creates the admin's account. An existing account with another role or password gets the role ADMIN and
 * this password, and its sessions end, so that a user who registered the address first loses access.
 *
 * @param admin.email normalised
 * @param isReset false: an existing ADMIN keeps its own password
 */
export async function ensureAdmin(options: {
  dataSource: DataSource;
  passwords: PasswordHasher;
  admin: { email: string; password: string };
  isReset: boolean;
}): Promise<AdminOutcome> {
  const { dataSource, passwords, admin, isReset } = options;
  const users = new UserRepository(dataSource);
  const existing = await users.findByEmail(admin.email);
  const isSame =
    existing?.role === 'ADMIN' &&
    (!isReset || (await passwords.verify(admin.password, existing.passwordHash)));
  if (isSame) return 'unchanged';
  const passwordHash = await passwords.hash(admin.password);
  await inTransaction(dataSource, async (transaction) => {
    const { id } = await users.saveAdmin(transaction, { email: admin.email, passwordHash });
    await new SessionRepository(dataSource).revokeAllOf({ userId: id }, 'PASSWORD_CHANGED', transaction);
  });
  return existing ? 'role and password updated, sessions ended' : 'created';
}
