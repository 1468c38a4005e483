import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decode, sign, verify } from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { type PublicKeys, staticJwks } from './jwks';

/** Short-lived credentials of this service, one per target. */
export interface ServiceCredentials {
  for(target: string): string;
}

export interface ServiceCredentialVerifier {
  /** The caller's name, or undefined if the credential is missing or invalid. */
  callerOf(credential: string | undefined): Promise<string | undefined>;
}

/** A credential that is valid except for its time: one of the two clocks is wrong. */
export interface ClockSkew {
  caller: string;
  /**
   * Seconds from `iat` to this process's clock; up to 30 of them are the credential's age. Negative
   * if this clock is behind.
   */
  aheadSeconds: number;
}

const lifetimeSeconds = 60;
const renewAfterMs = 30_000;
const clockToleranceSeconds = 60;

/**
 * ES256, `iss` = kid = this service, `aud` = the target. Signed every 30 seconds, not at each call.
 */
export function createServiceCredentials(options: { service: string; keyFile: string }): ServiceCredentials {
  const privateKey = createPrivateKey(readFileSync(options.keyFile));
  const current = new LRUCache<string, string>({ max: 100, ttl: renewAfterMs });
  return {
    for(target) {
      const known = current.get(target);
      if (known) return known;
      const credential = sign({}, privateKey, {
        algorithm: 'ES256',
        keyid: options.service,
        issuer: options.service,
        audience: target,
        expiresIn: lifetimeSeconds,
      });
      current.set(target, credential);
      return credential;
    },
  };
}

/** @param options.onClockSkew called for each credential that is rejected only for its time */
export function createServiceCredentialVerifier(options: {
  service: string;
  trustFile: string;
  onClockSkew?: (skew: ClockSkew) => void;
}): ServiceCredentialVerifier {
  const keys = staticJwks(JSON.parse(readFileSync(options.trustFile, 'utf8')));
  // By the verifier's clock, not by the age of the cache entry, so that a cached credential expires
  // like any other.
  const verified = new LRUCache<string, { caller: string; validUntilMs: number }>({
    max: 1_000,
    ttl: renewAfterMs,
  });
  return {
    async callerOf(credential) {
      if (!credential) return undefined;
      const known = verified.get(credential);
      if (known && Date.now() < known.validUntilMs) return known.caller;
      const claims = await readClaims(credential, keys, options.service);
      if (!claims) return undefined;
      const { caller, aheadSeconds } = claims;
      if (!isTimely(claims)) {
        options.onClockSkew?.({ caller, aheadSeconds });
        return undefined;
      }
      verified.set(credential, { caller, validUntilMs: claims.validUntilMs });
      return caller;
    },
  };
}

interface Claims extends ClockSkew {
  /** Including the allowed clock skew. */
  validUntilMs: number;
}

/** Not issued in the future and not expired, allowing for clock skew. */
function isTimely({ aheadSeconds, validUntilMs }: Claims): boolean {
  return aheadSeconds >= -clockToleranceSeconds && Date.now() < validUntilMs;
}

/**
 * The signer and times of a credential, without checking its expiry. Undefined if it is invalid or
 * its lifetime is too long.
 */
async function readClaims(credential: string, keys: PublicKeys, target: string): Promise<Claims | undefined> {
  try {
    const kid = decode(credential, { complete: true })?.header.kid;
    const key = kid ? await keys.find(kid) : undefined;
    if (!kid || !key) return undefined;
    const claims = verify(credential, key, {
      algorithms: ['ES256'],
      issuer: kid,
      audience: target,
      ignoreExpiration: true,
    });
    if (typeof claims === 'string') return undefined;
    const { iat, exp } = claims;
    if (typeof iat !== 'number' || typeof exp !== 'number') return undefined;
    if (exp - iat > lifetimeSeconds) return undefined;
    return {
      caller: kid,
      aheadSeconds: Math.floor(Date.now() / 1_000) - iat,
      validUntilMs: (exp + clockToleranceSeconds) * 1_000,
    };
  } catch {
    return undefined;
  }
}
