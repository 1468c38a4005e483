import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, readOrCreate, replaceFile } from '../secret-file';

/** Paths of the services' private keys and of the public key set. */
export interface ServiceKeys {
  /** EC P-256 private key (PKCS8 PEM) of one service, for its ES256 credentials. */
  keyFileOf(service: string): string;
  /** JWKS of all services' public keys; `kid` is the service's name. */
  trustFile: string;
}

/** Creates missing keys. */
export function ensureServiceKeys(directory: string, services: readonly string[]): ServiceKeys {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const keyFileOf = (service: string) => join(directory, `${service}.pem`);
  const keys = services.map((service) => publicJwk(service, readOrCreate(keyFileOf(service), newKey)));
  const trustFile = join(directory, 'trust.json');
  const trust = JSON.stringify({ keys }, null, 2);
  if (readIfThere(trustFile) !== trust) replaceFile(trustFile, trust, 0o644);
  return { keyFileOf, trustFile };
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function publicJwk(service: string, privatePem: string): object {
  const { kty, crv, x, y } = createPublicKey(createPrivateKey(privatePem)).export({ format: 'jwk' });
  return { kty, crv, x, y, kid: service, use: 'sig', alg: 'ES256' };
}
