import { randomUUID } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { processIdentity } from './processes';
import { readIfThere, readOrCreate } from './secret-file';
import { StackError } from './stack-error';

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
 * Deletes what an earlier stack left in the directory; the caller must hold its lock, and PostgreSQL
 * must be stopped.
 */
export function emptyDataDir(dataDir: string): void {
  for (const entry of ownEntries) {
    const path = join(dataDir, entry);
    if (existsSync(path)) rmSync(path, { recursive: true });
  }
}

/** Prevents a second stack in a data directory. */
export interface DataDirLock {
  release(): void;
}

const lockFileOf = (dataDir: string) => join(dataDir, 'stack.lock');

/**
 * Locks the data directory for this process. A stale lock is replaced.
 *
 * @throws StackError if a running process holds the lock
 */
export function lockDataDir(dataDir: string): DataDirLock {
  const file = lockFileOf(dataDir);
  const identity = processIdentity(process.pid);
  const content = JSON.stringify({ pid: process.pid, identity, id: randomUUID() });
  while (readOrCreate(file, () => content) !== content) removeStaleLock(file, dataDir);
  return { release: () => rmSync(file, { force: true }) };
}

/** The process ID of the stack that uses the data directory, if any. */
export function findDataDirUser(dataDir: string): number | undefined {
  const text = readIfThere(lockFileOf(dataDir));
  return text === undefined ? undefined : findRunningOwner(text);
}

function findRunningOwner(lock: string): number | undefined {
  const { pid, identity } = JSON.parse(lock) as { pid: number; identity: string };
  return processIdentity(pid) === identity ? pid : undefined;
}

function removeStaleLock(file: string, dataDir: string): void {
  const text = readIfThere(file);
  if (text === undefined) return;
  const owner = findRunningOwner(text);
  if (owner !== undefined)
    throw new StackError(
      `${dataDir} is in use by another stack (process ${owner}): stop it, or set DATA_DIR to another directory and use other ports`,
    );
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    // Another process has removed it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // Another process may have replaced the stale lock between our read and our rename; then its lock
  // is restored.
  const removed = readFileSync(aside, 'utf8');
  if (removed !== text) readOrCreate(file, () => removed);
  rmSync(aside);
}
