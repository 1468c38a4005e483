import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createServiceCredentials, createServiceCredentialVerifier, readKeyRing } from '@shop/kit/auth';
import { ensureServiceKeys, ensureSigningRing } from '@shop/local-stack/keys';
import { temporaryDirectory } from './temporary-directory';

const root = temporaryDirectory();

test("a service's key makes credentials that the others trust", async () => {
  const keys = ensureServiceKeys(join(root, 'services'), ['gateway', 'order']);
  const credentials = createServiceCredentials({ service: 'gateway', keyFile: keys.keyFileOf('gateway') });
  const verifier = createServiceCredentialVerifier({ service: 'order', trustFile: keys.trustFile });

  expect(await verifier.callerOf(credentials.for('order'))).toBe('gateway');
  expect(await verifier.callerOf(credentials.for('payment'))).toBeUndefined();
});

test('keys are made once and are for their owner only', () => {
  const directory = join(root, 'once');
  const before = ensureServiceKeys(directory, ['gateway']);
  const pem = readFileSync(before.keyFileOf('gateway'), 'utf8');

  ensureServiceKeys(directory, ['gateway', 'order']);

  expect(readFileSync(before.keyFileOf('gateway'), 'utf8')).toBe(pem);
  expect(statSync(before.keyFileOf('gateway')).mode & 0o777).toBe(0o600);
});

test('the signing ring has a key in use and the next one, and stays as it is', async () => {
  const directory = join(root, 'signing');
  await ensureSigningRing(directory);
  const ring = readKeyRing(directory);

  await ensureSigningRing(directory);

  expect(ring.jwks.keys).toHaveLength(2);
  expect(readKeyRing(directory).current.kid).toBe(ring.current.kid);
});
