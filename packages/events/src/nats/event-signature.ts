import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * Prefix of the signed data (domain separation): an event signature is not valid for any other
 * purpose, and vice versa.
 */
const purpose = 'shop-event\n';
const algorithm = 'sha256';
const dsaEncoding = 'ieee-p1363';

/**
 * Signs the body of an event. The signature does not expire, because an event may stay at the
 * broker for days.
 */
export type EventSigner = (body: Uint8Array) => string;

/** Whether `source` has signed exactly these bytes. */
export type EventVerifier = (source: string, body: Uint8Array, signature: string) => boolean;

/** ES256 with the service's own key. @param keyFile EC P-256, PKCS8, PEM */
export function createEventSigner(keyFile: string): EventSigner {
  const key = createPrivateKey(readFileSync(keyFile));
  return (body) => sign(algorithm, signed(body), { key, dsaEncoding }).toString('base64url');
}

/** @param trustFile JWKS of all services' public keys, `kid` being the service's name */
export function createEventVerifier(trustFile: string): EventVerifier {
  const { keys } = JSON.parse(readFileSync(trustFile, 'utf8')) as { keys: { kid: string }[] };
  const keyOf = new Map<string, KeyObject>(
    keys.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })]),
  );
  return (source, body, signature) => {
    const key = keyOf.get(source);
    if (!key) return false;
    return verify(algorithm, signed(body), { key, dsaEncoding }, Buffer.from(signature, 'base64url'));
  };
}

function signed(body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(purpose), body]);
}
