import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from '../stack-error';
import { addKeyFile, readRingFile, removeKeyFile, type RingKey, writeRingFile } from './ring-file';

/**
 * Creates the ring of RS256 keys that sign access tokens: a current key, and the next key, which
 * verifiers can load before it is used. An existing ring is kept; `rotate` changes it, and the user
 * subgraph reloads it.
 *
 * The directory then contains `<kid>.pem` (PKCS8, RSA 2048) and `ring.json`.
 */
export async function ensureSigningRing(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (existsSync(join(directory, 'ring.json'))) return;
  const createdAt = new Date().toISOString();
  const [current, next] = await Promise.all([addKeyFile(directory), addKeyFile(directory)]);
  writeRingFile(directory, [
    { kid: current, status: 'current', createdAt },
    { kid: next, status: 'next', createdAt },
  ]);
}

/**
 * The lifetime of an access token, the allowed clock skew, and the delay until the service reloads
 * the ring.
 */
export const tokenLifetimeMs = 15 * 60_000;

/**
 * Rotates the ring: the next key becomes current, the current key is retired, and a new next key is
 * published. Sessions stay valid.
 *
 * @returns the new ring
 * @throws StackError if there is no next key
 */
export async function rotate(directory: string, now = new Date()): Promise<RingKey[]> {
  const keys = readRingFile(directory);
  if (!keys.some(({ status }) => status === 'next'))
    throw new StackError(
      `The ring in ${directory} has no next key: it was edited by hand; restore ring.json`,
    );
  const added: RingKey = {
    kid: await addKeyFile(directory, now),
    status: 'next',
    createdAt: now.toISOString(),
  };
  const rotated = [...keys.map((key) => advance(key, now)), added];
  writeRingFile(directory, rotated);
  return rotated;
}

function advance(key: RingKey, now: Date): RingKey {
  switch (key.status) {
    case 'next':
      return { ...key, status: 'current' };
    case 'current':
      return { ...key, status: 'retired', retiredAt: now.toISOString() };
    case 'retired':
      return key;
    default:
      return key.status satisfies never;
  }
}

/**
 * Removes retired keys and their files: those whose last tokens have expired, or, with `kid`, that
 * key immediately, which invalidates its tokens.
 *
 * @returns the removed kids
 * @throws StackError if the kid is not retired
 */
export function retire(
  directory: string,
  { kid, now = new Date() }: { kid?: string; now?: Date } = {},
): string[] {
  const keys = readRingFile(directory);
  if (kid !== undefined && !keys.some((key) => key.kid === kid && key.status === 'retired'))
    throw new StackError(
      `${kid} is not a retired key of this ring: \`npm run keys -- list\` shows retired keys; \`npm run keys -- rotate\` retires the current key`,
    );
  const removed = keys.filter((key) => (kid === undefined ? isExpired(key, now) : key.kid === kid));
  if (removed.length === 0) return [];
  writeRingFile(
    directory,
    keys.filter((key) => !removed.includes(key)),
  );
  for (const key of removed) removeKeyFile(directory, key.kid);
  return removed.map((key) => key.kid);
}

/** Whether all tokens that it signed have expired. */
function isExpired({ status, retiredAt }: RingKey, now: Date): boolean {
  return status === 'retired' && (!retiredAt || Date.parse(retiredAt) + tokenLifetimeMs <= now.getTime());
}
