import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventSigner, createEventVerifier } from './event-signature';

const directory = mkdtempSync(join(tmpdir(), 'signature-'));

function makeKey(kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const file = join(directory, `${kid}.pem`);
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { file, jwk: { ...publicKey.export({ format: 'jwk' }), kid } };
}

const [payment, product] = [makeKey('payment'), makeKey('product')];
const trustFile = join(directory, 'trust.json');
writeFileSync(trustFile, JSON.stringify({ keys: [payment.jwk, product.jwk] }));

const body = new TextEncoder().encode('{"source":"payment"}');
const verify = createEventVerifier(trustFile);
const signature = createEventSigner(payment.file)(body);

describe('The signature of an event', () => {
  it('is valid for its source', () => expect(verify('payment', body, signature)).toBe(true));

  it.each([
    ['another source', 'product', body, signature],
    ['an unknown source', 'warehouse', body, signature],
    ['other bytes', 'payment', new TextEncoder().encode('{"source":"payment" }'), signature],
    ["another service's signature", 'payment', body, createEventSigner(product.file)(body)],
    ['no signature', 'payment', body, ''],
    ['what is none', 'payment', body, '!'],
  ])('is invalid for %s', (_case, source, bytes, given) => {
    expect(verify(source, bytes, given)).toBe(false);
  });
});
