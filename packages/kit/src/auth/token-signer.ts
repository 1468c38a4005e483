import { randomUUID, type KeyObject } from 'node:crypto';
import { sign } from 'jsonwebtoken';

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
