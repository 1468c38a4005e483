import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decode, sign, verify } from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { type PublicKeys, staticJwks } from './jwks';

/** Short-lived proofs of being a certain service, one per callee. */
export interface ServiceCredentials {
  for(callee: string): string;
}

export interface ServiceCredentialVerifier {
  /** The caller's name, or undefined: then the caller is nobody. */
  callerOf(credential: string | undefined): Promise<string | undefined>;
}

const lifetimeSeconds = 60;
const renewAfterMs = 30_000;

/** ES256, `iss` = kid = the service itself, `aud` = the callee; signed anew every half minute, not at each call. */
export function createServiceCredentials(options: { service: string; keyFile: string }): ServiceCredentials {
  const privateKey = createPrivateKey(readFileSync(options.keyFile));
  const current = new LRUCache<string, string>({ max: 100, ttl: renewAfterMs });
  return {
    for(callee) {
      const known = current.get(callee);
      if (known) return known;
      const credential = sign({}, privateKey, {
        algorithm: 'ES256',
        keyid: options.service,
        issuer: options.service,
        audience: callee,
        expiresIn: lifetimeSeconds,
      });
      current.set(callee, credential);
      return credential;
    },
  };
}

export function createServiceCredentialVerifier(options: {
  service: string;
  trustFile: string;
}): ServiceCredentialVerifier {
  const keys = staticJwks(JSON.parse(readFileSync(options.trustFile, 'utf8')));
  // Half a credential's life: one that was good a moment ago need not be computed again.
  const verified = new LRUCache<string, string>({ max: 1_000, ttl: renewAfterMs });
  return {
    async callerOf(credential) {
      if (!credential) return undefined;
      const known = verified.get(credential);
      if (known) return known;
      const caller = await verifyCredential(credential, keys, options.service);
      if (caller) verified.set(credential, caller);
      return caller;
    },
  };
}

async function verifyCredential(
  credential: string,
  keys: PublicKeys,
  callee: string,
): Promise<string | undefined> {
  try {
    const kid = decode(credential, { complete: true })?.header.kid;
    const key = kid ? await keys.find(kid) : undefined;
    if (!kid || !key) return undefined;
    const claims = verify(credential, key, {
      algorithms: ['ES256'],
      issuer: kid,
      audience: callee,
      clockTolerance: 60,
    });
    return typeof claims !== 'string' && typeof claims.exp === 'number' ? kid : undefined;
  } catch {
    return undefined;
  }
}
