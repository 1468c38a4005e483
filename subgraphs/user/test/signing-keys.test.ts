import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pollUntil } from '@shop/local-stack/processes';
import { decode, verify } from 'jsonwebtoken';
import { startUserService, type UserService } from './support/user-service';

let service: UserService;

beforeAll(async () => {
  service = await startUserService();
});
afterAll(() => service.stop());

const jwks = async () => {
  const answer = await fetch(`${service.url}/.well-known/jwks.json`);
  return ((await answer.json()) as { keys: (JsonWebKey & { kid: string })[] }).keys;
};

const kidOf = (accessToken: string) => decode(accessToken, { complete: true })?.header.kid;

function writeRing(keys: { kid: string; status: string }[]): void {
  const file = join(service.signingKeysDir, 'ring.json');
  writeFileSync(`${file}.new`, JSON.stringify({ keys }));
  renameSync(`${file}.new`, file);
}

describe('/.well-known/jwks.json', () => {
  it('answers everybody with the public half of each key and nothing of the private', async () => {
    const keys = await jwks();
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    }
  });

  it('verifies an access token, which has the claims that services need', async () => {
    const { accessToken, userId } = await service.operations.newCustomer();
    const jwk = (await jwks()).find((key) => key.kid === kidOf(accessToken));
    const publicKey = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    const claims = verify(accessToken, publicKey, {
      algorithms: ['RS256'],
      issuer: 'supergraph-shop',
      audience: 'supergraph-shop',
    }) as { iat: number; exp: number };
    expect(claims).toMatchObject({
      sub: userId,
      role: 'CUSTOMER',
      sid: expect.any(String),
      jti: expect.any(String),
    });
    expect(claims.exp - claims.iat).toBe(600);
    expect(decode(accessToken, { complete: true })?.header.typ).toBe('at+jwt');
  });
});

describe('A rotated key ring', () => {
  it('signs with the new key at once, and accepts what the retired one has signed', async () => {
    const before = await service.operations.newCustomer();
    const [old, next] = (await jwks()).map((key) => key.kid) as [string, string];
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(join(service.signingKeysDir, 'third.pem'), pem);
    writeRing([
      { kid: old, status: 'retired' },
      { kid: next, status: 'current' },
      { kid: 'third', status: 'next' },
    ]);
    await pollUntil(async () => (await jwks()).length === 3, {
      timeoutMs: 15_000,
      onTimeout: () => new Error('the ring was not read anew'),
    });

    const { accessToken } = await service.operations.login(before);
    expect(kidOf(accessToken)).toBe(next);
    for (const token of [before.accessToken, accessToken]) {
      expect(await service.execute('{ me { id } }', {}, { accessToken: token })).toMatchObject({
        data: { me: { id: before.userId } },
      });
    }
  });
});
