// A worker thread runs this file, in tests uncompiled: only CommonJS and types that can be stripped.
const { compareSync, hashSync } = require('bcryptjs') as typeof import('bcryptjs');

/** What a worker thread of the password hasher does. */
export type BcryptTask =
  { kind: 'hash'; password: string; cost: number } | { kind: 'compare'; password: string; hash: string };

/** The hash, or whether the password is the one of the hash. */
export type BcryptResult<Task extends BcryptTask> = Task extends { kind: 'hash' } ? string : boolean;

/**
 * Undefined for a task that has expired.
 *
 * @param task.expiresAt when the client stops waiting, in milliseconds since 1970
 */
module.exports = (task: BcryptTask & { expiresAt: number }): string | boolean | undefined => {
  if (Date.now() > task.expiresAt) return undefined;
  return task.kind === 'hash' ? hashSync(task.password, task.cost) : compare(task.password, task.hash);
};

/** A malformed hash matches no password. */
function compare(password: string, hash: string): boolean {
  try {
    return compareSync(password, hash);
  } catch {
    return false;
  }
}
