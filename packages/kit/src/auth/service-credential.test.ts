import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sign } from 'jsonwebtoken';
import { type ClockSkew, createServiceCredentials, createServiceCredentialVerifier } from '.';

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
  test('identify the caller to their target', async () => {
    expect(await product.callerOf(createServiceCredentials(order).for('product'))).toBe('order');
  });

  test('are rejected by another target', async () => {
    expect(await product.callerOf(createServiceCredentials(order).for('payment'))).toBeUndefined();
  });

  test('of a service that is not trusted are rejected', async () => {
    expect(await product.callerOf(createServiceCredentials(stranger).for('product'))).toBeUndefined();
  });

  test('signed by one service in the name of another are rejected', async () => {
    const forged = createServiceCredentials({ service: 'order', keyFile: stranger.keyFile }).for('product');

    expect(await product.callerOf(forged)).toBeUndefined();
  });

  describe('verified by a clock that is', () => {
    const onClockSkew = jest.fn<void, [ClockSkew]>();
    const target = () => createServiceCredentialVerifier({ service: 'product', trustFile, onClockSkew });
    const at = (seconds: number) =>
      jest.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000 + seconds * 1_000);
    beforeEach(() => onClockSkew.mockReset());
    afterEach(() => jest.restoreAllMocks());

    test.each([-60, 0, 60, 119])('%i s ahead of the caller are accepted', async (aheadSeconds) => {
      at(0);
      const credential = createServiceCredentials(order).for('product');
      at(aheadSeconds);
      expect(await target().callerOf(credential)).toBe('order');
      expect(onClockSkew).not.toHaveBeenCalled();
    });

    test.each([-300, -61, 120, 300])(
      '%i s ahead of the caller are rejected, and the clock skew is reported',
      async (aheadSeconds) => {
        at(0);
        const credential = createServiceCredentials(order).for('product');
        at(aheadSeconds);
        expect(await target().callerOf(credential)).toBeUndefined();
        expect(onClockSkew).toHaveBeenCalledWith({ caller: 'order', aheadSeconds });
      },
    );
  });

  describe('that were captured', () => {
    const atSecond = (seconds: number) =>
      jest.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000 + seconds * 1_000);
    afterEach(() => jest.restoreAllMocks());
    const verifier = () => createServiceCredentialVerifier({ service: 'product', trustFile });

    test('are rejected two minutes after they were signed, also by a service that accepted them before', async () => {
      atSecond(0);
      const credential = createServiceCredentials(order).for('product');
      const target = verifier();
      for (const seconds of [0, 60, 119]) {
        atSecond(seconds);
        expect(await target.callerOf(credential)).toBe('order');
      }
      atSecond(120);
      expect(await target.callerOf(credential)).toBeUndefined();
    });

    test.each([
      [60, 'order'],
      [61, undefined],
      [3_600, undefined],
    ])('and have a lifetime of %i s have the caller %s', async (expiresIn, caller) => {
      const credential = sign({}, readFileSync(order.keyFile), {
        ...{ algorithm: 'ES256', keyid: 'order', issuer: 'order', audience: 'product', expiresIn },
      });
      expect(await verifier().callerOf(credential)).toBe(caller);
    });
  });

  test.each([undefined, '', 'x', 'a.b.c'])('%s has no caller', async (credential) => {
    expect(await product.callerOf(credential)).toBeUndefined();
  });
});
