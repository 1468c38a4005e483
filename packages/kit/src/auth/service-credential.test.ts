import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServiceCredentials, createServiceCredentialVerifier } from '.';

const directory = mkdtempSync(join(tmpdir(), 'credentials-'));
const trustFile = join(directory, 'trust.json');

function makeService(service: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyFile = join(directory, `${service}.pem`);
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { service, keyFile, jwk: { ...publicKey.export({ format: 'jwk' }), kid: service } };
}

const order = makeService('order');
const stranger = makeService('stranger');
writeFileSync(trustFile, JSON.stringify({ keys: [order.jwk] }));
const product = createServiceCredentialVerifier({ service: 'product', trustFile });

describe('service credentials', () => {
  test('name the caller to the callee that they are for', async () => {
    expect(await product.callerOf(createServiceCredentials(order).for('product'))).toBe('order');
  });

  test('are worth nothing at another callee', async () => {
    expect(await product.callerOf(createServiceCredentials(order).for('payment'))).toBeUndefined();
  });

  test('of a service that is not trusted are refused', async () => {
    expect(await product.callerOf(createServiceCredentials(stranger).for('product'))).toBeUndefined();
  });

  test('signed by one service in the name of another are refused', async () => {
    const forged = createServiceCredentials({ service: 'order', keyFile: stranger.keyFile }).for('product');

    expect(await product.callerOf(forged)).toBeUndefined();
  });

  test.each([undefined, '', 'x', 'a.b.c'])('%s is nobody', async (credential) => {
    expect(await product.callerOf(credential)).toBeUndefined();
  });
});
