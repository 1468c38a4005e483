import { createHash, createHmac } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { retire, rotate } from '@shop/local-stack/keys';
import { eventually } from '@shop/testkit/eventually';
import { testKeys } from '@shop/testkit/keys';
import { readAccessToken } from './support/access-token';
import type { Customer } from './support/operations';
import { startUserService, type UserService } from './support/user-service';

const rejected = { __typename: 'InvalidRefreshToken', code: 'invalid_refresh_token' };
const sha256 = (text: string) => createHash('sha256').update(text).digest();

let first: UserService;
let second: UserService;
beforeAll(async () => {
  first = await startUserService();
  second = await startUserService({}, { beside: first });
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

const revokeReasonOf = async (accessToken: string) => {
  const sql = 'SELECT revoke_reason FROM session_families WHERE id = $1';
  const [family] = await first.sql<{ revoke_reason: string | null }>(sql, [
    readAccessToken(accessToken).claims.sid,
  ]);
  return family?.revoke_reason;
};

const tokensOf = (accessToken: string) =>
  first.sql<{ token_hash: Buffer; successor_salt: Buffer | null }>(
    'SELECT * FROM refresh_tokens WHERE family_id = $1',
    [readAccessToken(accessToken).claims.sid],
  );

/** Moves the use of a token into the past; the window is measured by the database's clock. */
const ageUse = (refreshToken: string, seconds: number) =>
  first.sql(`UPDATE refresh_tokens SET used_at = used_at - $2 * interval '1 second' WHERE token_hash = $1`, [
    sha256(refreshToken),
    seconds,
  ]);

async function exchanged(service: UserService = first) {
  const customer: Customer = await service.operations.newCustomer();
  return { customer, next: await service.operations.refresh(customer.refreshToken) };
}

describe('A refresh token that is repeated before its successor was used', () => {
  it('returns the same successor and the same access token', async () => {
    const { customer, next } = await exchanged();
    expect(await first.operations.refresh(customer.refreshToken)).toEqual(next);
    expect(await first.operations.refresh(next.refreshToken)).toMatchObject({ __typename: 'AuthSession' });
  });

  it('rotates once for 50 concurrent uses in two processes, and returns 50 equal results', async () => {
    const { accessToken, refreshToken } = await first.operations.newCustomer();
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, use) => [first, second][use % 2]!.operations.refresh(refreshToken)),
    );
    expect(results[0]).toMatchObject({ __typename: 'AuthSession' });
    for (const result of results) expect(result).toEqual(results[0]);
    expect(await tokensOf(accessToken)).toHaveLength(2);
    expect(await revokeReasonOf(accessToken)).toBeNull();
    expect(await second.operations.refresh(results[0].refreshToken)).toMatchObject({
      __typename: 'AuthSession',
    });
    expect(await first.operations.refresh(refreshToken)).toMatchObject(rejected);
    expect(await revokeReasonOf(accessToken)).toBe('TOKEN_REUSED');
  });

  it('returns the same successor from another process', async () => {
    const { customer, next } = await exchanged(first);
    expect(await second.operations.refresh(customer.refreshToken)).toEqual(next);
  });

  it('returns the successor in a longer chain as well, for the token that was used last', async () => {
    const { next } = await exchanged();
    const third = await first.operations.refresh(next.refreshToken);
    expect(await first.operations.refresh(next.refreshToken)).toEqual(third);
    expect(await first.operations.refresh(third.refreshToken)).toMatchObject({ __typename: 'AuthSession' });
  });

  it('has the current role of the user', async () => {
    const { customer, next } = await exchanged();
    await first.sql(`UPDATE users SET role = 'ADMIN' WHERE id = $1`, [customer.userId]);
    const again = await first.operations.refresh(customer.refreshToken);
    const [before, now] = [next, again].map(({ accessToken }) => readAccessToken(accessToken).claims);
    expect(again.refreshToken).toBe(next.refreshToken);
    expect([before?.role, now?.role]).toEqual(['CUSTOMER', 'ADMIN']);
    expect(now?.jti).not.toBe(before?.jti);
  });

  it('is rejected after the window, and its whole family is revoked', async () => {
    const { customer, next } = await exchanged();
    await ageUse(customer.refreshToken, 10);
    expect(await first.operations.refresh(customer.refreshToken)).toMatchObject(rejected);
    expect(await revokeReasonOf(customer.accessToken)).toBe('TOKEN_REUSED');
    expect(await first.operations.refresh(next.refreshToken)).toMatchObject(rejected);
  });

  it('returns the successor within REFRESH_REPEAT_SECONDS, and never with 0', async () => {
    const long = await startUserService({ REFRESH_REPEAT_SECONDS: '60' }, { beside: first });
    const never = await startUserService({ REFRESH_REPEAT_SECONDS: '0' }, { beside: first });
    try {
      const { customer, next } = await exchanged();
      await ageUse(customer.refreshToken, 50);
      expect(await long.operations.refresh(customer.refreshToken)).toEqual(next);
      const other = await exchanged();
      expect(await never.operations.refresh(other.customer.refreshToken)).toMatchObject(rejected);
      expect(await revokeReasonOf(other.customer.accessToken)).toBe('TOKEN_REUSED');
    } finally {
      await Promise.all([long.stop(), never.stop()]);
    }
  });

  it('is rejected if the session was ended, by logout with the used token or by its owner', async () => {
    const { customer } = await exchanged();
    await first.operations.logout(customer.refreshToken);
    expect(await first.operations.refresh(customer.refreshToken)).toMatchObject(rejected);
    expect(await revokeReasonOf(customer.accessToken)).toBe('LOGOUT');
    const other = (await exchanged()).customer;
    await first.execute('mutation { revokeAllSessions }', {}, other);
    expect(await first.operations.refresh(other.refreshToken)).toMatchObject(rejected);
    expect(await revokeReasonOf(other.accessToken)).toBe('REVOKED');
  });

  it('is rejected if the session has expired', async () => {
    const { customer } = await exchanged();
    await first.sql('UPDATE session_families SET expires_at = now() WHERE user_id = $1', [customer.userId]);
    expect(await first.operations.refresh(customer.refreshToken)).toMatchObject(rejected);
  });

  it('revokes the family if a process of an earlier version exchanged it', async () => {
    const { customer } = await exchanged();
    await first.sql('UPDATE refresh_tokens SET successor_salt = NULL WHERE token_hash = $1', [
      sha256(customer.refreshToken),
    ]);
    expect(await first.operations.refresh(customer.refreshToken)).toMatchObject(rejected);
    expect(await revokeReasonOf(customer.accessToken)).toBe('TOKEN_REUSED');
  });
});

describe('A refresh token that is repeated after its successor was used', () => {
  it('revokes the whole family immediately', async () => {
    const { customer, next } = await exchanged();
    const third = await first.operations.refresh(next.refreshToken);
    expect(await first.operations.refresh(customer.refreshToken)).toMatchObject(rejected);
    expect(await revokeReasonOf(customer.accessToken)).toBe('TOKEN_REUSED');
    for (const { refreshToken } of [next, third])
      expect(await first.operations.refresh(refreshToken)).toMatchObject(rejected);
  });

  it('revokes the family in every process', async () => {
    const { customer, next } = await exchanged(first);
    await second.operations.refresh(next.refreshToken);
    expect(await first.operations.refresh(customer.refreshToken)).toMatchObject(rejected);
    expect(await second.operations.refresh(next.refreshToken)).toMatchObject(rejected);
  });

  it('leaves the other sessions of the user open', async () => {
    const { customer, next } = await exchanged();
    const other = await first.operations.login(customer);
    await first.operations.refresh(next.refreshToken);
    await first.operations.refresh(customer.refreshToken);
    expect(await first.operations.refresh(other.refreshToken)).toMatchObject({ __typename: 'AuthSession' });
  });
});

describe('The successor of a refresh token', () => {
  it('is not stored, and cannot be computed without the secret', async () => {
    const { customer, next } = await exchanged();
    const rows = await tokensOf(customer.accessToken);
    const salt = rows.find(({ successor_salt }) => successor_salt)?.successor_salt as Buffer;
    expect(salt).toHaveLength(16);
    expect(JSON.stringify(rows)).not.toContain(next.refreshToken);
    const withoutSecret = ['', salt, testKeys().jwksUrl].map((key) =>
      createHmac('sha256', key).update(salt).update(customer.refreshToken).digest('base64url'),
    );
    expect(withoutSecret).not.toContain(next.refreshToken);
  });

  describe('when the signing keys change', () => {
    let directory: string;
    let service: UserService;
    beforeEach(async () => {
      directory = mkdtempSync(join(tmpdir(), 'successor-keys-'));
      cpSync(testKeys().signingKeysDir, directory, { recursive: true });
      service = await startUserService({ SIGNING_KEYS_DIR: directory }, { beside: first });
    });
    afterEach(async () => {
      await service.stop();
      rmSync(directory, { recursive: true });
    });
    const kidsServed = async () => {
      const response = await fetch(`${service.url}/.well-known/jwks.json`);
      return ((await response.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    };
    const hasReadRing = () =>
      eventually(async () => {
        const ring = JSON.parse(readFileSync(join(directory, 'ring.json'), 'utf8')) as {
          keys: { kid: string }[];
        };
        expect(await kidsServed()).toEqual(ring.keys.map(({ kid }) => kid));
      });

    it('stays the same after a rotation', async () => {
      const { customer, next } = await exchanged(service);
      await ageUse(customer.refreshToken, -30);
      await rotate(directory);
      await hasReadRing();
      const again = await service.operations.refresh(customer.refreshToken);
      expect(again.refreshToken).toBe(next.refreshToken);
    });

    it('cannot be computed after the key was removed: the repeat is rejected and the family revoked', async () => {
      const { customer, next } = await exchanged(service);
      await ageUse(customer.refreshToken, -30);
      const { kid } = readAccessToken(next.accessToken).header;
      await rotate(directory);
      retire(directory, { kid });
      await hasReadRing();
      expect(await service.operations.refresh(customer.refreshToken)).toMatchObject(rejected);
      expect(await revokeReasonOf(customer.accessToken)).toBe('TOKEN_REUSED');
    });
  });
});
