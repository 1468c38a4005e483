import type { KeyObject } from 'node:crypto';
import { decode, type JwtPayload, TokenExpiredError, verify } from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import type { PublicKeys } from './jwks';
import { revocationRetentionSeconds, type RevokedSessions } from './revoked-sessions';
import { anonymous, type Viewer } from './viewer';

export interface TokenVerifier {
  /**
   * Does not throw for an invalid token: it returns an anonymous viewer with the reason.
   *
   * @param evaluatedAtMs time at which the token must not have expired; default: now
   */
  verify(token: string | undefined, evaluatedAtMs?: number): Promise<Viewer>;
}

const clockToleranceSeconds = 60;
const maximumTokenLength = 4_096;
/**
 * Ensures that an ended session is remembered until its last token has expired, including clock
 * skew.
 */
const maximumLifetimeSeconds = revocationRetentionSeconds - 2 * clockToleranceSeconds;

/** A verified token and the key that verified it. */
interface Verified {
  viewer: Viewer;
  expiresAtMs: number;
  kid: string;
  key: KeyObject;
}

/**
 * Verifies access tokens: RS256 only, `typ: at+jwt` (RFC 9068), key by kid from `keys` only (jwk,
 * jku and x5u in a header are ignored), issuer, audience, iat, exp, sub, jti, sid and role
 * required. A token issued in the future by more than the allowed clock skew is rejected, as is one
 * with a longer lifetime than ours. Verified tokens are cached until they expire or their key is
 * removed.
 */
export function createTokenVerifier(options: {
  keys: PublicKeys;
  issuer: string;
  audience: string;
  /** The roles that a token can have. */
  roles: readonly string[];
  /** Sessions whose unexpired tokens are rejected; default: none. */
  revokedSessions?: Pick<RevokedSessions, 'has'>;
}): TokenVerifier {
  const verified = new LRUCache<string, Verified>({ max: 10_000 });

  async function check(token: string, evaluatedAtMs: number): Promise<Viewer> {
    const header = decode(token, { complete: true })?.header;
    if (header?.alg !== 'RS256' || header.typ !== 'at+jwt' || typeof header.kid !== 'string') {
      return anonymous('invalid_token');
    }
    if ((header as { crit?: unknown }).crit !== undefined) return anonymous('invalid_token');
    const key = await options.keys.find(header.kid);
    if (!key) return anonymous('invalid_token');
    const claims = readClaims(token, key, evaluatedAtMs);
    if (!claims) return anonymous('invalid_token');
    const ttl = claims.expiresAtMs - Date.now();
    if (ttl > 0) verified.set(token, { ...claims, kid: header.kid, key }, { ttl });
    return claims.viewer;
  }

  function readClaims(token: string, key: KeyObject, evaluatedAtMs: number) {
    const payload = verify(token, key, {
      algorithms: ['RS256'],
      issuer: options.issuer,
      audience: options.audience,
      clockTimestamp: Math.floor(evaluatedAtMs / 1_000),
      clockTolerance: clockToleranceSeconds,
    });
    return typeof payload === 'string' ? undefined : toClaims(payload, options.roles);
  }

  /** Removing a leaked key also invalidates cached tokens that it signed. */
  async function known(token: string): Promise<Viewer | undefined> {
    const entry = verified.get(token);
    // The cache uses a monotonic clock, which stops while the machine sleeps.
    if (!entry || entry.expiresAtMs <= Date.now()) return undefined;
    const key = await options.keys.find(entry.kid);
    if (key !== undefined && (key === entry.key || key.equals(entry.key))) return entry.viewer;
    verified.delete(token);
    return undefined;
  }

  async function viewerOf(token: string, evaluatedAtMs: number): Promise<Viewer> {
    const viewer = (await known(token)) ?? (await check(token, evaluatedAtMs));
    const isEnded = viewer.kind === 'user' && options.revokedSessions?.has(viewer.sessionId);
    return isEnded ? anonymous('ended_session') : viewer;
  }

  return {
    async verify(token, evaluatedAtMs = Date.now()) {
      if (!token) return anonymous('no_token');
      if (token.length > maximumTokenLength) return anonymous('invalid_token');
      try {
        return await viewerOf(token, evaluatedAtMs);
      } catch (error) {
        if (error instanceof TokenExpiredError) return anonymous('expired_token');
        if (error instanceof Error && error.name === 'AppError') throw error;
        return anonymous('invalid_token');
      }
    },
  };
}

function toClaims(
  payload: JwtPayload,
  roles: readonly string[],
): { viewer: Viewer; expiresAtMs: number } | undefined {
  const { sub, jti, iat, exp } = payload;
  const { role, sid } = payload as { role?: unknown; sid?: unknown };
  const isNamed = typeof sub === 'string' && typeof jti === 'string' && typeof sid === 'string';
  const isDated = typeof iat === 'number' && typeof exp === 'number';
  if (!isNamed || !isDated || typeof role !== 'string' || !roles.includes(role)) return undefined;
  if (!isFromThePast(iat) || exp - iat > maximumLifetimeSeconds) return undefined;
  return {
    viewer: { kind: 'user', userId: sub, role, sessionId: sid, tokenId: jti },
    expiresAtMs: exp * 1_000,
  };
}

function isFromThePast(iat: number): boolean {
  return iat <= Date.now() / 1_000 + clockToleranceSeconds;
}
