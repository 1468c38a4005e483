import type { KeyObject } from 'node:crypto';
import { decode, type JwtPayload, TokenExpiredError, verify } from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import type { PublicKeys } from './jwks';
import { anonymous, type Role, type Viewer } from './viewer';

export interface TokenVerifier {
  /** Never throws for a bad token: that is an anonymous viewer with the reason. */
  verify(token: string | undefined): Promise<Viewer>;
}

const clockToleranceSeconds = 60;
const maximumTokenLength = 4_096;

/**
 * Verifies access tokens: RS256 only, `typ: at+jwt` (RFC 9068), key by kid from `keys` and from nowhere else (jwk, jku
 * and x5u in a header are never read), issuer, audience, iat, exp, sub, jti, sid and role required. A token that is signed later than
 * clocks may differ is refused: where the own clock is behind, expired ones would live on. Verified tokens are kept in a small
 * cache until they expire.
 */
export function createTokenVerifier(options: {
  keys: PublicKeys;
  issuer: string;
  audience: string;
}): TokenVerifier {
  const verified = new LRUCache<string, Viewer>({ max: 10_000 });

  async function check(token: string): Promise<Viewer> {
    const header = decode(token, { complete: true })?.header;
    if (header?.alg !== 'RS256' || header.typ !== 'at+jwt' || typeof header.kid !== 'string') {
      return anonymous('invalid_token');
    }
    if ((header as { crit?: unknown }).crit !== undefined) return anonymous('invalid_token');
    const key = await options.keys.find(header.kid);
    if (!key) return anonymous('invalid_token');
    const claims = readClaims(token, key);
    if (!claims) return anonymous('invalid_token');
    const ttl = claims.expiresAtMs - Date.now();
    if (ttl > 0) verified.set(token, claims.viewer, { ttl });
    return claims.viewer;
  }

  function readClaims(token: string, key: KeyObject) {
    const payload = verify(token, key, {
      algorithms: ['RS256'],
      issuer: options.issuer,
      audience: options.audience,
      clockTolerance: clockToleranceSeconds,
    });
    return typeof payload === 'string' ? undefined : toClaims(payload);
  }

  return {
    async verify(token) {
      if (!token) return anonymous('no_token');
      if (token.length > maximumTokenLength) return anonymous('invalid_token');
      const known = verified.get(token);
      if (known) return known;
      try {
        return await check(token);
      } catch (error) {
        if (error instanceof TokenExpiredError) return anonymous('expired_token');
        if (error instanceof Error && error.name === 'AppError') throw error;
        return anonymous('invalid_token');
      }
    },
  };
}

function toClaims(payload: JwtPayload): { viewer: Viewer; expiresAtMs: number } | undefined {
  const { sub, jti, iat, exp } = payload;
  const { role, sid } = payload as { role?: unknown; sid?: unknown };
  const complete =
    typeof sub === 'string' && typeof jti === 'string' && typeof sid === 'string' && typeof exp === 'number';
  if (!complete || !isRole(role) || !isFromThePast(iat)) return undefined;
  return {
    viewer: { kind: 'user', userId: sub, role, sessionId: sid, tokenId: jti },
    expiresAtMs: exp * 1_000,
  };
}

function isFromThePast(iat: number | undefined): boolean {
  return typeof iat === 'number' && iat <= Date.now() / 1_000 + clockToleranceSeconds;
}

function isRole(value: unknown): value is Role {
  return value === 'CUSTOMER' || value === 'ADMIN';
}
