import { hkdfSync, type KeyObject } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type KeyRing, type PublicKeys, readKeyRing, staticJwks } from '@shop/kit/auth';
import type { Logger } from '@shop/kit/logger';
import { defineGauges, registerGauges } from '@shop/kit/metrics';

const ageGauge = defineGauges({
  reader: 'signing_keys',
  gauges: { shop_signing_key_age_seconds: 'Time since the key that signs access tokens was created.' },
});

/** The current key ring. It can be rotated while the service runs. */
export type SigningKeys = ReturnType<typeof watchSigningKeys>;

interface ReadRing {
  ring: KeyRing;
  verification: PublicKeys;
  successorSecrets: readonly Buffer[];
}

/**
 * Reads the ring in `directory`, and again when its `ring.json` changes; a rotation writes that file
 * last. An invalid ring is logged, and the previous one is kept. The file is polled, which works on every
 * file system and with mounted secrets.
 *
 * @throws Error if the first ring is invalid
 */
export function watchSigningKeys({
  directory,
  logger,
  pollIntervalMs = 2_000,
}: {
  directory: string;
  logger: Logger;
  pollIntervalMs?: number;
}) {
  const file = join(directory, 'ring.json');
  // Before the ring is read, so that a change in between is noticed (fs.watchFile would miss it).
  let version = versionOf(file);
  let read = readRing(directory);

  const readIfChanged = () => {
    const found = versionOf(file);
    if (found === version) return;
    version = found;
    try {
      read = readRing(directory);
      logger.info('signing keys reloaded', { currentKid: read.ring.current.kid });
    } catch (error) {
      logger.error('signing keys could not be reloaded: keeping the previous ones', { error });
    }
  };
  const timer = setInterval(readIfChanged, pollIntervalMs).unref();

  registerGauges({
    ...ageGauge,
    freshMs: 0,
    read: async () => ({ shop_signing_key_age_seconds: ageSecondsOf(read.ring) }),
  });
  return {
    currentKey: () => read.ring.current,
    jwks: () => read.ring.jwks,
    /** Verifies tokens in this process without a request to its own JWKS endpoint. */
    publicKeys: { find: (kid: string) => read.verification.find(kid) } satisfies PublicKeys,
    /**
     * Secrets from which successors of refresh tokens are derived: one per key of the ring, the current
     * key's first. All processes of the service have the same ones, and a rotation keeps the secret of
     * the previous key.
     */
    successorSecrets: () => read.successorSecrets,
    close: () => clearInterval(timer),
  };
}

/** Null for a ring file of an earlier version, which has no creation times. */
function ageSecondsOf({ currentCreatedAt: created }: KeyRing): number | null {
  return created === undefined ? null : Math.max(0, (Date.now() - created.getTime()) / 1_000);
}

function versionOf(file: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch {
    return 'missing';
  }
}

function readRing(directory: string): ReadRing {
  const ring = readKeyRing(directory);
  return {
    ring,
    verification: staticJwks(ring.jwks),
    successorSecrets: ring.keys.map(({ privateKey }) => successorSecretOf(privateKey)),
  };
}

/** HKDF-SHA-256 (RFC 5869) with a separate `info`, so that the two uses of the key are independent. */
function successorSecretOf(privateKey: KeyObject): Buffer {
  const keyBytes = privateKey.export({ type: 'pkcs8', format: 'der' });
  return Buffer.from(hkdfSync('sha256', keyBytes, '', 'user: successors of refresh tokens', 32));
}
