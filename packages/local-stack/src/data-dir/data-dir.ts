import { accessSync, chmodSync, constants, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from '../stack-error';

/** The entries of DATA_DIR that the stack owns; a fresh start deletes only these. */
const ownEntries = ['postgres', 'keys', 'logs', 'admin-password'] as const;

/**
 * Creates the directory if it does not exist.
 *
 * @throws StackError if it cannot be created or written
 */
export function openDataDir(dataDir: string): void {
  try {
    const isNew = mkdirSync(dataDir, { recursive: true }) !== undefined;
    // PostgreSQL may run as another user and needs access; each secret in it has mode 0600.
    if (isNew) chmodSync(dataDir, 0o711);
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StackError(
      `DATA_DIR ${dataDir} cannot be written (${(error as Error).message}): set DATA_DIR to another directory, or change its owner to this user`,
    );
  }
}

/**
 * Deletes what an earlier stack left in the directory; the caller holds its lock and PostgreSQL is
 * stopped.
 */
export function emptyDataDir(dataDir: string): void {
  for (const entry of ownEntries) {
    const path = join(dataDir, entry);
    if (existsSync(path)) rmSync(path, { recursive: true });
  }
}
