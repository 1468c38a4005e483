import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SigningKey } from './token-signer';

export interface KeyRing {
  current: SigningKey;
  /** Every key of the ring, the current one first. */
  keys: readonly SigningKey[];
  /** The response of /.well-known/jwks.json: public keys only. */
  jwks: { keys: JsonWebKey[] };
}

const ringFile = z.object({
  keys: z.array(
    z.object({
      kid: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
      // next: published, not yet used · current: signs · retired: only verifies, until its tokens
      // have expired
      status: z.enum(['next', 'current', 'retired']),
    }),
  ),
});

/**
 * Reads `ring.json` and the PEM files beside it.
 *
 * @throws Error when a file cannot be read or the ring has not exactly one current key
 */
export function readKeyRing(directory: string): KeyRing {
  const { keys } = ringFile.parse(JSON.parse(readFileSync(join(directory, 'ring.json'), 'utf8')));
  const ring = keys.map(({ kid, status }) => ({
    kid,
    status,
    privateKey: createPrivateKey(readFileSync(join(directory, `${kid}.pem`))),
  }));
  const [current, ...others] = ring.filter((key) => key.status === 'current');
  if (!current || others.length > 0) {
    throw new Error(
      `${directory}/ring.json must name exactly one current key, not ${others.length + (current ? 1 : 0)}`,
    );
  }
  const keysCurrentFirst = [current, ...ring.filter((key) => key !== current)];
  return {
    current,
    keys: keysCurrentFirst,
    jwks: { keys: ring.map((key) => publicJwk(key.kid, key.privateKey)) },
  };
}

function publicJwk(kid: string, privateKey: KeyObject): JsonWebKey {
  return { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
}
