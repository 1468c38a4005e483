import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { sign } from 'jsonwebtoken';
import { createTokenSigner, createTokenVerifier, staticJwks } from '.';

const issuer = 'shop';
const audience = 'clients';
const roles = ['CUSTOMER', 'ADMIN'];
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid });
const verifier = createTokenVerifier({
  keys: staticJwks({ keys: [jwk(pair.publicKey, 'k1')] }),
  issuer,
  audience,
  roles,
});
const subject = { userId: 'u1', role: 'CUSTOMER', sessionId: 's1' } as const;
const signer = createTokenSigner({
  currentKey: () => ({ kid: 'k1', privateKey: pair.privateKey }),
  issuer,
  audience,
});

const claims = { role: 'CUSTOMER', sid: 's1', sub: 'u1', jti: 'j1', iss: issuer, aud: audience };
const inTenMinutes = Math.floor(Date.now() / 1_000) + 600;

/** `iat` is now, unless the payload has it or `noTimestamp` keeps it out. */
function signed(payload: object, header: object = {}, { noTimestamp = false } = {}): string {
  return sign(payload, pair.privateKey, {
    algorithm: 'RS256',
    header: { alg: 'RS256', typ: 'at+jwt', kid: 'k1', ...header },
    noTimestamp,
  });
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

describe('access tokens', () => {
  test('a token of our signer contains its viewer', async () => {
    const viewer = await verifier.verify(signer.sign(subject));

    expect(viewer).toMatchObject({ kind: 'user', userId: 'u1', role: 'CUSTOMER', sessionId: 's1' });
  });

  test('no token is an anonymous viewer', async () => {
    expect(await verifier.verify(undefined)).toEqual({ kind: 'anonymous', reason: 'no_token' });
  });

  test('an expired token has the reason expired_token', async () => {
    const token = signed({ ...claims, exp: Math.floor(Date.now() / 1_000) - 120 });

    expect(await verifier.verify(token)).toEqual({ kind: 'anonymous', reason: 'expired_token' });
  });

  test.each([
    ['59 s after it expired', -59, 'user'],
    ['60 s after it expired', -60, 'anonymous'],
  ])('a token is verified with a clock tolerance of 60 s: %s', async (_when, expiresIn, kind) => {
    const now = Math.floor(Date.now() / 1_000);
    jest.spyOn(Date, 'now').mockReturnValue(now * 1_000);
    const token = signed({ ...claims, iat: now - 600, exp: now + expiresIn });
    expect(await verifier.verify(token)).toMatchObject({ kind });
    jest.restoreAllMocks();
  });

  test('a token is rejected after it expired, also if it was accepted before', async () => {
    const now = Date.now();
    const token = signer.sign(subject);
    expect(await verifier.verify(token)).toMatchObject({ kind: 'user' });
    jest.spyOn(Date, 'now').mockReturnValue(now + 662_000);
    expect(await verifier.verify(token)).toEqual({ kind: 'anonymous', reason: 'expired_token' });
    jest.restoreAllMocks();
  });

  test('a token issued with the same time and ID is equal', () => {
    const issue = { tokenId: 'j1', issuedAt: new Date() };
    expect(signer.sign(subject, issue)).toBe(signer.sign(subject, issue));
    expect(signer.sign(subject)).not.toBe(signer.sign(subject));
  });

  test('a token whose session has ended is rejected, also if it was accepted before', async () => {
    const ended = new Set<string>();
    const keys = staticJwks({ keys: [jwk(pair.publicKey, 'k1')] });
    const follower = createTokenVerifier({ keys, issuer, audience, roles, revokedSessions: ended });
    const token = signer.sign(subject);
    expect(await follower.verify(token)).toMatchObject({ kind: 'user' });
    ended.add(subject.sessionId);
    expect(await follower.verify(token)).toEqual({ kind: 'anonymous', reason: 'ended_session' });
  });

  test('a token whose key was removed is rejected, also if it was accepted before', async () => {
    const before = [jwk(pair.publicKey, 'k1')];
    let keys = staticJwks({ keys: before });
    const follower = createTokenVerifier({
      keys: { find: (kid) => keys.find(kid) },
      issuer,
      audience,
      roles,
    });
    const token = signer.sign(subject);
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    for (const after of [[], [jwk(other.publicKey, 'k1')]]) {
      keys = staticJwks({ keys: before });
      expect(await follower.verify(token)).toMatchObject({ kind: 'user' });
      keys = staticJwks({ keys: after });
      expect(await follower.verify(token)).toEqual({ kind: 'anonymous', reason: 'invalid_token' });
    }
  });

  test('a token that was valid when its request started is valid until the request ends', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const token = signed({ ...claims, iat: now - 670, exp: now - 70 });
    expect(await verifier.verify(token, now * 1_000 - 11_000)).toMatchObject({ kind: 'user' });
    expect(await verifier.verify(token)).toEqual({ kind: 'anonymous', reason: 'expired_token' });
  });

  test.each([
    ['60 s', 60, 'user'],
    ['61 s', 61, 'anonymous'],
  ])(
    'a clock that is behind judges with 60 s of leeway: a token signed %s from now',
    async (_when, ahead, kind) => {
      const now = Math.floor(Date.now() / 1_000);
      const token = signed({ ...claims, iat: now + ahead, exp: now + 600 });
      jest.spyOn(Date, 'now').mockReturnValue(now * 1_000);
      expect(await verifier.verify(token)).toMatchObject({ kind });
      jest.restoreAllMocks();
    },
  );

  test.each([
    ['without exp', () => signed(claims)],
    ['that lives longer than ours do', () => signed({ ...claims, exp: inTenMinutes + 600 })],
    ['without iat', () => signed({ ...claims, exp: inTenMinutes }, {}, { noTimestamp: true })],
    ['without sub', () => signed({ ...claims, sub: undefined, exp: inTenMinutes })],
    ['without jti', () => signed({ ...claims, jti: undefined, exp: inTenMinutes })],
    ['of another issuer', () => signed({ ...claims, iss: 'other', exp: inTenMinutes })],
    ['for another audience', () => signed({ ...claims, aud: 'other', exp: inTenMinutes })],
    ['of an unknown role', () => signed({ ...claims, role: 'ROOT', exp: inTenMinutes })],
    ['of type JWT', () => signed({ ...claims, exp: inTenMinutes }, { typ: 'JWT' })],
    ['with an unknown kid', () => signed({ ...claims, exp: inTenMinutes }, { kid: 'k2' })],
    ['with critical extensions', () => signed({ ...claims, exp: inTenMinutes }, { crit: ['exp'] })],
    [
      'with alg none',
      () =>
        `${encode({ alg: 'none', typ: 'at+jwt', kid: 'k1' })}.${encode({ ...claims, exp: inTenMinutes })}.`,
    ],
    [
      'signed by HMAC with the public key',
      () => {
        const head = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${encode({ ...claims, exp: inTenMinutes })}`;
        const pem = pair.publicKey.export({ type: 'spki', format: 'pem' });
        return `${head}.${createHmac('sha256', pem).update(head).digest('base64url')}`;
      },
    ],
    ['that is no token', () => 'x.y.z'],
    ['longer than 4 KiB', () => 'x'.repeat(5_000)],
  ])('a token %s is rejected', async (_name, token) => {
    expect(await verifier.verify(token())).toEqual({ kind: 'anonymous', reason: 'invalid_token' });
  });

  test('a token signed with the key in its own header is rejected', async () => {
    const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const token = sign({ ...claims, exp: inTenMinutes }, own.privateKey, {
      algorithm: 'RS256',
      header: {
        alg: 'RS256',
        typ: 'at+jwt',
        kid: 'k1',
        jwk: own.publicKey.export({ format: 'jwk' }),
      } as never,
    });

    expect(await verifier.verify(token)).toEqual({ kind: 'anonymous', reason: 'invalid_token' });
  });
});

describe('staticJwks', () => {
  test('rejects a set with a duplicate kid', () => {
    const keys = [jwk(pair.publicKey, 'k1'), jwk(pair.publicKey, 'k1')];

    expect(() => staticJwks({ keys })).toThrow(/duplicate kid k1/);
  });

  test('rejects an RSA key shorter than 2048 bits', () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 });

    expect(() => staticJwks({ keys: [jwk(short.publicKey, 'k1')] })).toThrow(/shorter than 2048 bits/);
  });
});
