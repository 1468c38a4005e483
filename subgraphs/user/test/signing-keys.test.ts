import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokenVerifier, staticJwks } from '@shop/kit/auth';
import { createLogger } from '@shop/kit/logger';
import { eventually } from '@shop/testkit/eventually';
import { testKeys } from '@shop/testkit/keys';
import { watchSigningKeys } from '../src/signing-keys/signing-keys';
import { readAccessToken } from './support/access-token';
import { startUserService, type UserService } from './support/user-service';

let service: UserService;
let ringDir: string;

/** Other files use the run's own ring meanwhile. */
function copyOfRing(): string {
  const directory = mkdtempSync(join(tmpdir(), 'signing-keys-'));
  cpSync(testKeys().signingKeysDir, directory, { recursive: true });
  return directory;
}

beforeAll(async () => {
  ringDir = copyOfRing();
  service = await startUserService({ SIGNING_KEYS_DIR: ringDir });
});
afterAll(async () => {
  await service.stop();
  rmSync(ringDir, { recursive: true });
});

const jwks = async () => {
  const response = await fetch(`${service.url}/.well-known/jwks.json`);
  return ((await response.json()) as { keys: (JsonWebKey & { kid: string })[] }).keys;
};

const kidOf = (accessToken: string) => readAccessToken(accessToken).header.kid;

function writeRing(directory: string, keys: { kid: string; status: string }[]): void {
  const file = join(directory, 'ring.json');
  writeFileSync(`${file}.new`, JSON.stringify({ keys }));
  renameSync(`${file}.new`, file);
}

describe('/.well-known/jwks.json', () => {
  it('returns the public key of each pair, and no private key', async () => {
    const keys = await jwks();
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    }
  });

  it('verifies an access token, which has the claims that services need', async () => {
    const { accessToken, userId } = await service.operations.newCustomer();
    const verifier = createTokenVerifier({
      keys: staticJwks({ keys: await jwks() }),
      issuer: 'supergraph-shop',
      audience: 'supergraph-shop',
      roles: ['CUSTOMER'],
    });
    const { claims } = readAccessToken(accessToken);
    expect(await verifier.verify(accessToken)).toEqual({
      kind: 'user',
      userId,
      role: 'CUSTOMER',
      sessionId: claims.sid,
      tokenId: claims.jti,
    });
    expect(claims.exp - claims.iat).toBe(600);
  });
});

describe('A rotated key ring', () => {
  it('signs with the new key immediately, and accepts tokens signed with the retired one', async () => {
    const before = await service.operations.newCustomer();
    const [old, next] = (await jwks()).map((key) => key.kid) as [string, string];
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(join(ringDir, 'third.pem'), pem);
    writeRing(ringDir, [
      { kid: old, status: 'retired' },
      { kid: next, status: 'current' },
      { kid: 'third', status: 'next' },
    ]);
    await eventually(async () => expect(await jwks()).toHaveLength(3));

    const { accessToken } = await service.operations.login(before);
    expect(kidOf(accessToken)).toBe(next);
    for (const token of [before.accessToken, accessToken]) {
      expect(await service.execute('{ me { id } }', {}, { accessToken: token })).toMatchObject({
        data: { me: { id: before.userId } },
      });
    }
  });
});

describe('An invalid key ring', () => {
  it('is logged, and the previous one is kept until it is valid again', async () => {
    const directory = copyOfRing();
    const logger = createLogger({ service: 'user', level: 'error' });
    const reported = jest.spyOn(logger, 'error').mockReturnValue(logger);
    const keys = watchSigningKeys({ directory, logger, pollIntervalMs: 20 });
    const [old, next] = keys.jwks().keys.map((key) => key['kid']) as [string, string];
    try {
      writeFileSync(join(directory, 'ring.json'), '{');
      await eventually(() => expect(reported).toHaveBeenCalled());
      expect(keys.currentKey().kid).toBe(old);

      writeRing(directory, [
        { kid: old, status: 'retired' },
        { kid: next, status: 'current' },
      ]);
      await eventually(() => expect(keys.currentKey().kid).toBe(next));
    } finally {
      keys.close();
      rmSync(directory, { recursive: true });
    }
  });
});
