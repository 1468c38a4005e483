import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StackError } from './stack-error';

/** A secret of 192 bits in characters that need no quoting in a URL or a shell. */
export function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * Returns the content of the file. The first call creates it (mode 0600) with `make`; later calls,
 * also in other processes, read it. The file is on disk when the call returns.
 *
 * @throws StackError if the file is empty
 */
export function readOrCreate(file: string, make: () => string): string {
  const existing = readIfThere(file);
  if (existing === '')
    throw new StackError(`${file} is empty: restore it from a backup, or remove it to create a new one`);
  if (existing !== undefined) return existing;
  makeDirectory(dirname(file));
  const draft = writeDraft(file, make(), 0o600);
  try {
    // A link is atomic and does not replace a file that another process created.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  flushDirectory(dirname(file));
  // Undefined if another process has created and removed it in the meantime.
  return readIfThere(file) ?? readOrCreate(file, make);
}

/**
 * Writes a file so that a reader sees the former content or the new one, also after a power failure.
 * It is on disk when the call returns.
 */
export function replaceFile(file: string, content: string, mode: number): void {
  makeDirectory(dirname(file));
  const draft = writeDraft(file, content, mode);
  try {
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  flushDirectory(dirname(file));
}

/** @returns the path of the draft, whose content is on disk */
function writeDraft(file: string, content: string, mode: number): string {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    // The mode of `openSync` depends on the umask.
    fchmodSync(descriptor, mode);
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return draft;
}

/** Creates a directory and its parents; their entries are on disk when the call returns. */
function makeDirectory(directory: string): void {
  const firstCreated = mkdirSync(directory, { recursive: true });
  if (firstCreated === undefined) return;
  const parent = dirname(resolve(firstCreated));
  for (let created = resolve(directory); created !== parent; created = dirname(created))
    flushDirectory(dirname(created));
}

/** A new or renamed entry of a directory may be lost in a power failure until this returns. */
export function flushDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Creates the file with a new secret if it does not exist; returns its path. */
export function ensureSecretFile(file: string): string {
  readOrCreate(file, newSecret);
  return file;
}

/** The text of a file; undefined if it does not exist. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
