import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { request } from 'undici';
import { AppError } from '../errors';

/** Public keys by key id. */
export interface PublicKeys {
  /** @throws AppError upstream_unavailable when the keys have never been read and cannot be */
  find(kid: string): Promise<KeyObject | undefined>;
}

interface JwkSet {
  keys: (JsonWebKey & { kid?: string })[];
}

const acceptableKid = /^[A-Za-z0-9._-]{1,64}$/;
const minimumRsaBits = 2048;

/** @throws Error for a duplicate kid or a key that is too short */
function parseJwks(document: unknown): Map<string, KeyObject> {
  const keys = new Map<string, KeyObject>();
  for (const jwk of (document as JwkSet).keys) {
    const { kid } = jwk;
    if (!kid || !acceptableKid.test(kid)) throw new Error('JWKS: a key has no acceptable kid');
    if (keys.has(kid)) throw new Error(`JWKS: duplicate kid ${kid}`);
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    if (key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < minimumRsaBits) {
      throw new Error(`JWKS: RSA key ${kid} is shorter than ${minimumRsaBits} bits`);
    }
    keys.set(kid, key);
  }
  return keys;
}

export function staticJwks(document: unknown): PublicKeys {
  const keys = parseJwks(document);
  return { find: (kid) => Promise.resolve(keys.get(kid)) };
}

/**
 * Fetches keys from a URL and caches them for `freshMs`. An unknown kid causes another fetch, at
 * most every `refetchPauseMs`, because keys rotate. If the URL is unavailable, the last keys remain
 * in use.
 */
export function remoteJwks(
  url: string,
  { freshMs = 300_000, refetchPauseMs = 5_000, timeoutMs = 2_000 } = {},
): PublicKeys {
  let keys: Map<string, KeyObject> | undefined;
  let fetchedAt = 0;
  let refreshInProgress: Promise<void> | undefined;

  async function fetchKeys(): Promise<void> {
    // Without a trace: the response is for all requests that wait for it.
    const response = await request(url, { headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
    const document = await response.body.json();
    if (response.statusCode !== 200) throw new Error(`JWKS: HTTP ${response.statusCode}`);
    keys = parseJwks(document);
  }

  async function refresh(): Promise<void> {
    refreshInProgress ??= fetchKeys().finally(() => {
      fetchedAt = performance.now();
      refreshInProgress = undefined;
    });
    try {
      await refreshInProgress;
    } catch (cause) {
      if (!keys) {
        throw new AppError(
          'upstream_unavailable',
          'Access tokens cannot be verified: the JWKS endpoint is unavailable. Retry after 1 second.',
          {
            cause,
            retryAfterSeconds: 1,
          },
        );
      }
    }
  }

  return {
    async find(kid) {
      const age = performance.now() - fetchedAt;
      if (!keys || age > freshMs) await refresh();
      else if (!keys.has(kid) && age > refetchPauseMs) await refresh();
      return keys?.get(kid);
    },
  };
}
