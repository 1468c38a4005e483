import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { addKeyFile, writeRingFile } from './ring-file';

/**
 * Creates the ring of RS256 keys that sign access tokens: a current key, and the next key, which
 * verifiers can load before it is used. An existing ring is kept; `rotate` changes it, and the user
 * subgraph reloads it.
 *
 * The directory then holds `<kid>.pem` (PKCS8, RSA 2048) and `ring.json`.
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
