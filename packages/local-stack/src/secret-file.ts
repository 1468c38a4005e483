import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A secret of 192 bits in characters that need no quoting in a URL or a shell. */
export function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * Returns the content of the file. The first call creates it (mode 0600) with `make`; later calls,
 * also in other processes, read it.
 */
export function readOrCreate(file: string, make: () => string): string {
  const existing = readIfThere(file);
  if (existing !== undefined) return existing;
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, make(), { mode: 0o600 });
  try {
    // A link is atomic and does not replace a file that another process created.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  // Undefined if another process has created and removed it in the meantime.
  return readIfThere(file) ?? readOrCreate(file, make);
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
