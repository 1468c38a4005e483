import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServiceCredentials, createServiceCredentialVerifier, readKeyRing } from '@shop/kit/auth';
import {
  ensureServiceKeys,
  ensureSigningRing,
  readRingFile,
  retire,
  rotate,
  tokenLifetimeMs,
} from '@shop/local-stack/keys';
import { temporaryDirectory } from './temporary-directory';

const root = temporaryDirectory();

test("other services trust credentials of a service's key", async () => {
  const keys = ensureServiceKeys(join(root, 'services'), ['gateway', 'order']);
  const credentials = createServiceCredentials({ service: 'gateway', keyFile: keys.keyFileOf('gateway') });
  const verifier = createServiceCredentialVerifier({ service: 'order', trustFile: keys.trustFile });

  expect(await verifier.callerOf(credentials.for('order'))).toBe('gateway');
  expect(await verifier.callerOf(credentials.for('payment'))).toBeUndefined();
});

test('keys are created once and readable only by their owner', () => {
  const directory = join(root, 'once');
  const before = ensureServiceKeys(directory, ['gateway']);
  const pem = readFileSync(before.keyFileOf('gateway'), 'utf8');

  ensureServiceKeys(directory, ['gateway', 'order']);

  expect(readFileSync(before.keyFileOf('gateway'), 'utf8')).toBe(pem);
  expect(statSync(before.keyFileOf('gateway')).mode & 0o777).toBe(0o600);
});

test('the signing ring has a current and a next key, and is kept', async () => {
  const directory = join(root, 'signing');
  await ensureSigningRing(directory);
  const ring = readKeyRing(directory);

  await ensureSigningRing(directory);

  expect(ring.jwks.keys).toHaveLength(2);
  expect(readKeyRing(directory).current.kid).toBe(ring.current.kid);
});

describe('the signing ring, rotated', () => {
  const ringIn = async (name: string) => {
    const directory = join(root, name);
    await ensureSigningRing(directory);
    return directory;
  };
  const statuses = (directory: string) => readRingFile(directory).map(({ status }) => status);
  const kidOf = (directory: string, wanted: string) =>
    readRingFile(directory).find(({ status }) => status === wanted)!.kid;
  const later = () => new Date(Date.now() + tokenLifetimeMs);

  test('signs with the former next key, verifies with the retired one and publishes a new one', async () => {
    const directory = await ringIn('rotated');
    const [before, next] = [kidOf(directory, 'current'), kidOf(directory, 'next')];

    await rotate(directory);

    expect(statuses(directory)).toEqual(['retired', 'current', 'next']);
    const { current, jwks } = readKeyRing(directory);
    expect(current.kid).toBe(next);
    expect(jwks.keys.map(({ kid }) => kid)).toEqual([before, next, kidOf(directory, 'next')]);
  });

  test('keeps a retired key until its last tokens have expired', async () => {
    const directory = await ringIn('kept');
    const old = kidOf(directory, 'current');
    await rotate(directory);

    expect(retire(directory)).toEqual([]);
    expect(retire(directory, { now: later() })).toEqual([old]);

    expect(statuses(directory)).toEqual(['current', 'next']);
    expect(existsSync(join(directory, `${old}.pem`))).toBe(false);
    expect(readKeyRing(directory).jwks.keys).toHaveLength(2);
  });

  test('removes a leaked key immediately if its kid is given', async () => {
    const directory = await ringIn('leaked');
    const leaked = kidOf(directory, 'current');
    expect(() => retire(directory, { kid: leaked })).toThrow(/not a retired key/);
    await rotate(directory);

    expect(retire(directory, { kid: leaked })).toEqual([leaked]);
    expect(statuses(directory)).toEqual(['current', 'next']);
  });

  test('rejects the second of two concurrent rotations', async () => {
    const directory = await ringIn('twice');
    writeFileSync(join(directory, 'ring.json.new'), '');
    await expect(rotate(directory)).rejects.toThrow(/Another process is changing the key ring/);
    expect(statuses(directory)).toEqual(['current', 'next']);
  });

  test('throws an error with the fix if it is missing', async () => {
    await expect(rotate(join(root, 'nowhere'))).rejects.toThrow(/npm start/);
  });
});
