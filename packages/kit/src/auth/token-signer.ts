import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sign } from 'jsonwebtoken';
import { z } from 'zod';

export interface SigningKey {
  kid: string;
  /** RSA, 2048 bits or more. */
  privateKey: KeyObject;
}

export interface TokenIssue {
  /** `jti` */
  tokenId: string;
  /** `iat`, in whole seconds. */
  issuedAt: Date;
}

export interface TokenSigner {
  /** Lifetime of an access token in seconds. */
  readonly lifetimeSeconds: number;
  /** @param issue makes the token reproducible; if omitted, it is issued now with a new id */
  sign(subject: { userId: string; role: string; sessionId: string }, issue?: TokenIssue): string;
}

/**
 * Signs the access tokens that `token-verifier.ts` accepts. `currentKey` is called for each
 * signature, because keys rotate.
 */
export function createTokenSigner(options: {
  currentKey: () => SigningKey;
  issuer: string;
  audience: string;
  lifetimeSeconds?: number;
}): TokenSigner {
  const lifetimeSeconds = options.lifetimeSeconds ?? 600;
  return {
    lifetimeSeconds,
    sign({ userId, role, sessionId }, issue) {
      const { kid, privateKey } = options.currentKey();
      const iat = Math.floor((issue?.issuedAt.getTime() ?? Date.now()) / 1_000);
      return sign({ role, sid: sessionId, iat }, privateKey, {
        algorithm: 'RS256',
        header: { alg: 'RS256', typ: 'at+jwt', kid },
        issuer: options.issuer,
        audience: options.audience,
        subject: userId,
        jwtid: issue?.tokenId ?? randomUUID(),
        expiresIn: lifetimeSeconds,
      });
    },
  };
}

export interface KeyRing {
  current: SigningKey;
  /** When the current key was created; undefined if the ring does not say. */
  currentCreatedAt?: Date;
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
      createdAt: z.iso.datetime().optional(),
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
  const ring = keys.map(({ kid, status, createdAt }) => ({
    ...{ kid, status, createdAt },
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
    ...(current.createdAt === undefined ? {} : { currentCreatedAt: new Date(current.createdAt) }),
    keys: keysCurrentFirst,
    jwks: { keys: ring.map((key) => publicJwk(key.kid, key.privateKey)) },
  };
}

function publicJwk(kid: string, privateKey: KeyObject): JsonWebKey {
  return { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
}
