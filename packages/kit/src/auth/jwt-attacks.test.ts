import { once } from 'node:events';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Algorithm, sign } from 'jsonwebtoken';
import { createTokenSigner, createTokenVerifier, remoteJwks, staticJwks } from '.';

const issuer = 'shop';
const audience = 'clients';
const roles = ['CUSTOMER', 'ADMIN'];
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const attacker = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid });
const ours = { keys: [jwk(pair.publicKey, 'k1')] };
const theirs = { keys: [jwk(attacker.publicKey, 'k1')] };
const verifier = createTokenVerifier({ keys: staticJwks(ours), issuer, audience, roles });

const inTenMinutes = Math.floor(Date.now() / 1_000) + 600;
const claims = {
  role: 'ADMIN',
  sid: 's1',
  sub: 'u1',
  jti: 'j1',
  iss: issuer,
  aud: audience,
  exp: inTenMinutes,
};
const rejected = { kind: 'anonymous', reason: 'invalid_token' };

function signed(
  header: object,
  { key = pair.privateKey, payload = claims }: { key?: KeyObject; payload?: object } = {},
): string {
  const full = { alg: 'RS256', typ: 'at+jwt', kid: 'k1', ...header };
  return sign(payload, key, { algorithm: full.alg as Algorithm, header: full });
}

/** With an invalid signature, because it cannot be signed. */
function unsigned(header: object, payload: object = claims): string {
  const parts = [{ alg: 'RS256', typ: 'at+jwt', kid: 'k1', ...header }, payload];
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.AAAA`;
}

/** A server with keys; `asked` are the requested paths. */
let server: Server;
let address: string;
let asked: string[];
let offered: object;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(JSON.stringify(offered));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  offered = theirs;
});

test('the unchanged token of these tests is valid', async () => {
  expect(await verifier.verify(signed({}))).toMatchObject({ kind: 'user', role: 'ADMIN' });
});

describe('a token that contains its own key', () => {
  test.each(['jku', 'x5u'])('by the URL in %s is rejected, and the URL is not requested', async (name) => {
    const token = signed({ [name]: `${address}/keys.json` }, { key: attacker.privateKey });

    expect(await verifier.verify(token)).toEqual(rejected);
    expect(asked).toEqual([]);
  });

  test.each([
    ['jwk', attacker.publicKey.export({ format: 'jwk' })],
    ['x5c', [attacker.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')]],
  ])('in %s is rejected', async (name, key) => {
    expect(await verifier.verify(signed({ [name]: key }, { key: attacker.privateKey }))).toEqual(rejected);
  });

  test.each(['jku', 'x5u', 'jwk', 'x5c'])('in %s is ignored if our key signed the token', async (name) => {
    expect(await verifier.verify(signed({ [name]: address }))).toMatchObject({ kind: 'user' });
    expect(asked).toEqual([]);
  });
});

describe('a kid', () => {
  const names = [
    '../../../../dev/null',
    '/etc/passwd',
    "k1' OR '1'='1",
    "x' UNION SELECT 'key' -- ",
    'k1\0',
    'k1 ',
    'K1',
    '',
    'k1,k2',
    '$(id)',
    'http://keys.example/k1',
    '__proto__',
    'constructor',
    'toString',
  ];

  test.each(names)('%j matches no key', async (kid) => {
    expect(await verifier.verify(signed({ kid }))).toEqual(rejected);
    expect(await verifier.verify(signed({ kid }, { key: attacker.privateKey }))).toEqual(rejected);
  });

  test.each([undefined, null, 1, ['k1'], { k1: 'k1' }])(
    'that is not a string matches no key: %j',
    async (kid) => {
      expect(await verifier.verify(unsigned({ kid }))).toEqual(rejected);
    },
  );

  test('is not part of the JWKS URL', async () => {
    offered = ours;
    const keys = remoteJwks(`${address}/jwks.json`, { refetchPauseMs: 0 });
    const remote = createTokenVerifier({ keys, issuer, audience, roles });
    expect(await remote.verify(signed({}))).toMatchObject({ kind: 'user' });
    for (const kid of names) expect(await remote.verify(signed({ kid }))).toEqual(rejected);

    expect(new Set(asked)).toEqual(new Set(['/jwks.json']));
  });

  test.each(['../k1', "k1'", 'k 1', '', 'k'.repeat(65), undefined])(
    '%j of a key makes the whole set one not to be trusted',
    (kid) => {
      const keys = [...ours.keys, { ...pair.publicKey.export({ format: 'jwk' }), kid }];
      expect(() => staticJwks({ keys })).toThrow('no acceptable kid');
    },
  );
});

describe('an algorithm', () => {
  test.each([
    'none',
    'None',
    'NONE',
    'nOnE',
    '',
    'rs256',
    'HS256',
    'HS512',
    'ES256',
    'EdDSA',
    undefined,
    null,
    ['RS256'],
  ])('%j is rejected', async (alg) => {
    expect(await verifier.verify(unsigned({ alg }))).toEqual(rejected);
    expect(await verifier.verify(unsigned({ alg }).replace(/AAAA$/, ''))).toEqual(rejected);
  });

  test.each(['RS384', 'RS512', 'PS256', 'PS384', 'PS512'])(
    '%s is not ours, also with our key',
    async (alg) => {
      expect(await verifier.verify(signed({ alg }))).toEqual(rejected);
    },
  );

  test('is not derived from the key: RS256 with an elliptic curve is rejected', async () => {
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = staticJwks({ keys: [jwk(curve.publicKey, 'k1')] });
    const confused = createTokenVerifier({ keys, issuer, audience, roles });

    expect(await confused.verify(signed({}))).toEqual(rejected);
    expect(await confused.verify(signed({ alg: 'ES256' }, { key: curve.privateKey }))).toEqual(rejected);
  });
});

describe('a token of our signer', () => {
  const signer = createTokenSigner({
    currentKey: () => ({ kid: 'k1', privateKey: pair.privateKey }),
    issuer,
    audience,
  });
  const good = signer.sign({ userId: 'u1', role: 'CUSTOMER', sessionId: 's1' });
  const [header = '', payload = '', signature = ''] = good.split('.');
  const promoted = Buffer.from(
    Buffer.from(payload, 'base64url').toString().replace('CUSTOMER', 'ADMIN'),
  ).toString('base64url');

  test.each([
    ['whose claims were changed', `${header}.${promoted}.${signature}`],
    ['whose signature was cut off', `${header}.${payload}.`],
    ['whose signature is missing', `${header}.${payload}`],
    ['with the signature of nothing', `${header}.${payload}.${'A'.repeat(signature.length)}`],
    ['with a fourth part', `${good}.${signature}`],
    ['with an empty header', `.${payload}.${signature}`],
  ])('%s is rejected', async (_how, token) => {
    expect(await verifier.verify(good)).toMatchObject({ role: 'CUSTOMER' });
    expect(await verifier.verify(token)).toEqual(rejected);
  });
});

describe('a token with a valid signature', () => {
  test.each([undefined, null, '', 'JWT', 'jwt', 'application/at+jwt', 'id+jwt', ['at+jwt']])(
    'of typ %j is no access token',
    async (typ) => {
      expect(await verifier.verify(signed({ typ }))).toEqual(rejected);
    },
  );

  test.each([['b64'], ['exp'], [], 'exp'])('with the critical header %j is rejected', async (crit) => {
    expect(await verifier.verify(signed({ crit, b64: true }))).toEqual(rejected);
  });

  test.each([
    ['sid', undefined],
    ['role', undefined],
    ['role', 'admin'],
    ['role', ['ADMIN']],
    ['iss', undefined],
    ['iss', [issuer, 'other']],
    ['aud', undefined],
    ['aud', []],
    ['sub', 1],
    ['jti', 1],
    ['nbf', inTenMinutes],
  ])('whose %s is %j is rejected', async (name, value) => {
    expect(await verifier.verify(signed({}, { payload: { ...claims, [name]: value } }))).toEqual(rejected);
  });

  // Written by hand, because jsonwebtoken does not sign it.
  test.each([undefined, null, String(inTenMinutes), '9999999999999', {}, [inTenMinutes]])(
    'whose exp is %j does not expire, and is rejected',
    async (exp) => {
      const token = sign(JSON.stringify({ ...claims, exp, iat: 1 }), pair.privateKey, {
        algorithm: 'RS256',
        header: { alg: 'RS256', typ: 'at+jwt', kid: 'k1' },
      });
      expect(await verifier.verify(token)).toEqual(rejected);
    },
  );

  test('whose payload is not an object is rejected', async () => {
    for (const text of ['foo', '[]', '1', 'null', '""']) {
      const token = sign(text, pair.privateKey, {
        algorithm: 'RS256',
        header: { alg: 'RS256', typ: 'at+jwt', kid: 'k1' },
      });
      expect(await verifier.verify(token)).toEqual(rejected);
    }
  });
});
