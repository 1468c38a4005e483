import { withClient } from '@shop/local-stack/postgres';
import { eventually } from '@shop/testkit/eventually';
import { readAccessToken } from './support/access-token';
import { startUserService, type UserService } from './support/user-service';

let service: UserService;

beforeAll(async () => {
  service = await startUserService();
});
afterAll(() => service.stop());

const rejected = { __typename: 'InvalidRefreshToken', code: 'invalid_refresh_token' };

const sessionIdOf = (accessToken: string) => readAccessToken(accessToken).claims.sid;

const familyOf = async (accessToken: string) => {
  const [family] = await service.sql<{ revoke_reason: string | null; days_left: number }>(
    `SELECT revoke_reason, round(extract(epoch FROM expires_at - now()) / 86400)::int AS days_left
     FROM session_families WHERE id = $1`,
    [sessionIdOf(accessToken)],
  );
  return family;
};

describe('refreshSession', () => {
  it('exchanges the token for the next pair of the same session', async () => {
    const { accessToken, refreshToken, userId } = await service.operations.newCustomer();
    const next = await service.operations.refresh(refreshToken);
    expect(next).toMatchObject({ __typename: 'AuthSession', user: { id: userId } });
    expect(next.refreshToken).not.toBe(refreshToken);
    expect(sessionIdOf(next.accessToken)).toBe(sessionIdOf(accessToken));
    expect(await service.operations.refresh(next.refreshToken)).toMatchObject({ __typename: 'AuthSession' });
  });

  it('returns the current role of the user', async () => {
    const { userId, refreshToken } = await service.operations.newCustomer();
    await service.sql(`UPDATE users SET role = 'ADMIN' WHERE id = $1`, [userId]);
    const { accessToken } = await service.operations.refresh(refreshToken);
    expect(readAccessToken(accessToken).claims).toMatchObject({ sub: userId, role: 'ADMIN' });
  });

  it('waits for a revocation in progress, and is rejected then', async () => {
    const { accessToken, refreshToken } = await service.operations.newCustomer();
    const result = await withClient(service.databaseUrl, async (client) => {
      await client.query('BEGIN');
      await client.query(
        `UPDATE session_families SET revoked_at = now(), revoke_reason = 'REVOKED' WHERE id = $1`,
        [sessionIdOf(accessToken)],
      );
      const refresh = service.operations.refresh(refreshToken);
      await eventually(async () => {
        const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        expect(await service.sql(waiting)).toHaveLength(1);
      });
      await client.query('COMMIT');
      return refresh;
    });
    expect(result).toMatchObject(rejected);
  });

  it.each(['', 'unknown', 'A'.repeat(43), 'ä'.repeat(43), `${'A'.repeat(43)}\n`, '\0'])(
    'rejects a token that was not issued: %j',
    async (token) => {
      expect(await service.operations.refresh(token)).toMatchObject(rejected);
    },
  );

  it('moves the end of the session to 14 days from now, at most 30 days after the login', async () => {
    const { accessToken, refreshToken } = await service.operations.newCustomer();
    const age = (days: number) =>
      service.sql(
        `UPDATE session_families SET created_at = created_at - $2 * interval '1 day',
           expires_at = expires_at - $2 * interval '1 day' WHERE id = $1`,
        [sessionIdOf(accessToken), days],
      );
    await age(10);
    const second = await service.operations.refresh(refreshToken);
    expect(await familyOf(accessToken)).toMatchObject({ days_left: 14 });
    await age(13);
    const third = await service.operations.refresh(second.refreshToken);
    expect(await familyOf(accessToken)).toMatchObject({ days_left: 7 });
    await age(7);
    expect(await service.operations.refresh(third.refreshToken)).toMatchObject(rejected);
  });

  it('rejects a session that was not used for 14 days', async () => {
    const { accessToken, refreshToken } = await service.operations.newCustomer();
    await service.sql(`UPDATE session_families SET expires_at = now() WHERE id = $1`, [
      sessionIdOf(accessToken),
    ]);
    expect(await service.operations.refresh(refreshToken)).toMatchObject(rejected);
  });
});

describe('logout', () => {
  it('ends the session of the token', async () => {
    const { accessToken, refreshToken } = await service.operations.newCustomer();
    expect(await service.operations.logout(refreshToken)).toBe(true);
    expect(await service.operations.refresh(refreshToken)).toMatchObject(rejected);
    expect(await familyOf(accessToken)).toMatchObject({ revoke_reason: 'LOGOUT' });
  });

  it('returns true also for an unknown token and for an ended session', async () => {
    const { refreshToken } = await service.operations.newCustomer();
    await service.operations.logout(refreshToken);
    expect(await service.operations.logout(refreshToken)).toBe(true);
    expect(await service.operations.logout('unknown')).toBe(true);
  });
});
