import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Role } from '@shop/access';
import { createServiceCredentials, createTokenSigner, readKeyRing } from '@shop/kit/auth';
import { currentTestRun } from './run';

/** The keys of this jest run. */
export interface TestKeys {
  /** EC P-256 private key of a service (PEM). */
  keyFileOf(service: string): string;
  /** JWKS of all services' public keys. */
  trustFile: string;
  signingKeysDir: string;
  /** Public signing keys over HTTP. */
  jwksUrl: string;
}

const issuer = 'supergraph-shop';
const audience = 'supergraph-shop';

export function testKeys(): TestKeys {
  const { keysDir, jwksUrl } = currentTestRun();
  return {
    keyFileOf: (service) => join(keysDir, 'services', `${service}.pem`),
    trustFile: join(keysDir, 'services', 'trust.json'),
    signingKeysDir: join(keysDir, 'signing'),
    jwksUrl,
  };
}

/** An access token (without "Bearer") as the user subgraph would sign it; valid for 10 minutes. */
export function userToken(subject: { userId: string; role?: Role; sessionId?: string }): string {
  const { current } = readKeyRing(testKeys().signingKeysDir);
  const signer = createTokenSigner({ currentKey: () => current, issuer, audience });
  return signer.sign({ role: 'CUSTOMER', sessionId: randomUUID(), ...subject });
}

/** A service credential of `caller` for `audience` (service names); valid for a minute. */
export function serviceCredential(caller: string, audience: string): string {
  return createServiceCredentials({ service: caller, keyFile: testKeys().keyFileOf(caller) }).for(audience);
}

/** Environment of a service that a test runs in its own process; it listens on any free port. */
export function serviceEnvironmentFor(service: string, databaseUrl?: string): Record<string, string> {
  const keys = testKeys();
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
    PORT: '0',
    // Ended sessions are polled rarely, because few tests need them.
    REVOKED_SESSIONS_POLL_MS: '60000',
    JWKS_URL: keys.jwksUrl,
    SERVICE_KEY_FILE: keys.keyFileOf(service),
    SERVICE_TRUST_FILE: keys.trustFile,
    ...(service === 'user' && { SIGNING_KEYS_DIR: keys.signingKeysDir, BCRYPT_COST: '10' }),
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
  };
}
