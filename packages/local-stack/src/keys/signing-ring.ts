import { generateKeyPair, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const newKeyPair = promisify(generateKeyPair);

/**
 * Makes the ring of RS256 keys that sign access tokens: one current, and the next one, which verifiers can learn
 * before it is used. An existing ring stays as it is: whoever rotates it writes `ring.json`, and the user subgraph follows.
 *
 * The directory then holds `<kid>.pem` (PKCS8, RSA 2048) and `ring.json`.
 */
export async function ensureSigningRing(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const ringFile = join(directory, 'ring.json');
  if (existsSync(ringFile)) return;
  const createdAt = new Date().toISOString();
  const [current, next] = await Promise.all([newKey(directory), newKey(directory)]);
  const keys = [
    { kid: current, status: 'current', createdAt },
    { kid: next, status: 'next', createdAt },
  ];
  // Last and in one piece: a ring that is there names only keys that are there.
  writeFileSync(`${ringFile}.new`, JSON.stringify({ keys }, null, 2), { mode: 0o600 });
  renameSync(`${ringFile}.new`, ringFile);
}

async function newKey(directory: string): Promise<string> {
  const kid = `${new Date().toISOString().slice(0, 10)}-${randomBytes(6).toString('hex')}`;
  const { privateKey } = await newKeyPair('rsa', { modulusLength: 2048 });
  writeFileSync(join(directory, `${kid}.pem`), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
  });
  return kid;
}
