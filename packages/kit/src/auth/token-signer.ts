import { randomUUID, type KeyObject } from 'node:crypto';
import { sign } from 'jsonwebtoken';
import type { Role } from './viewer';

export interface SigningKey {
  kid: string;
  /** RSA, 2048 bits or more. */
  privateKey: KeyObject;
}

export interface TokenSigner {
  /** Seconds that an access token lives. */
  readonly lifetimeSeconds: number;
  sign(subject: { userId: string; role: Role; sessionId: string }): string;
}

/** Access tokens as `token-verifier.ts` demands them. `currentKey` is asked at each signature: keys rotate. */
export function createTokenSigner(options: {
  currentKey: () => SigningKey;
  issuer: string;
  audience: string;
  lifetimeSeconds?: number;
}): TokenSigner {
  const lifetimeSeconds = options.lifetimeSeconds ?? 600;
  return {
    lifetimeSeconds,
    sign({ userId, role, sessionId }) {
      const { kid, privateKey } = options.currentKey();
      return sign({ role, sid: sessionId }, privateKey, {
        algorithm: 'RS256',
        header: { alg: 'RS256', typ: 'at+jwt', kid },
        issuer: options.issuer,
        audience: options.audience,
        subject: userId,
        jwtid: randomUUID(),
        expiresIn: lifetimeSeconds,
      });
    },
  };
}
