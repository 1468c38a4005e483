import { randomUUID } from 'node:crypto';
import { startUserService, type UserService } from './support/user-service';

let service: UserService;

beforeAll(async () => {
  service = await startUserService();
});
afterAll(() => service.stop());

const revoke = async (id: string, accessToken: string) => {
  const query = 'mutation ($id: ID!) { revokeSession(id: $id) }';
  return (await service.execute(query, { id }, { accessToken })).data?.revokeSession;
};

describe('User.sessions', () => {
  it('lists open sessions, newest first, and marks the session of the request', async () => {
    const first = await service.operations.newCustomer({ userAgent: 'Laptop/1.0' });
    const second = await service.operations.login(first, { userAgent: 'Phone/2.0' });
    const sessions = await service.operations.sessionsOf(second.accessToken);
    expect(sessions).toMatchObject([
      { userAgent: 'Phone/2.0', current: true },
      { userAgent: 'Laptop/1.0', current: false },
    ]);
  });

  it('does not contain ended sessions', async () => {
    const first = await service.operations.newCustomer();
    const second = await service.operations.login(first);
    await service.operations.logout(first.refreshToken);
    expect(await service.operations.sessionsOf(second.accessToken)).toMatchObject([{ current: true }]);
  });

  it('has no user agent if the client sent none, and truncates a long one', async () => {
    const { accessToken, ...credentials } = await service.operations.newCustomer();
    await service.operations.login(credentials, { userAgent: 'x'.repeat(2_000) });
    const sessions = await service.operations.sessionsOf(accessToken);
    expect(sessions.map((session: { userAgent: string | null }) => session.userAgent)).toEqual([
      'x'.repeat(512),
      null,
    ]);
  });
});

describe('revokeSession', () => {
  it('ends a session of the user', async () => {
    const first = await service.operations.newCustomer();
    const second = await service.operations.login(first);
    const [, oldest] = await service.operations.sessionsOf(second.accessToken);
    expect(await revoke(oldest.id, second.accessToken)).toBe(true);
    expect(await service.operations.refresh(first.refreshToken)).toMatchObject({
      __typename: 'InvalidRefreshToken',
    });
    expect(await service.operations.sessionsOf(second.accessToken)).toHaveLength(1);
  });

  it('returns false for an ended session, an unknown id and an id that is not a UUID', async () => {
    const { accessToken } = await service.operations.newCustomer();
    const [session] = await service.operations.sessionsOf(accessToken);
    await revoke(session.id, accessToken);
    for (const id of [session.id, randomUUID(), 'no-uuid', '']) {
      expect(await revoke(id, accessToken)).toBe(false);
    }
  });

  it('returns false for a session of another user, which stays open', async () => {
    const ann = await service.operations.newCustomer();
    const bob = await service.operations.newCustomer();
    const [session] = await service.operations.sessionsOf(ann.accessToken);
    expect(await revoke(session.id, bob.accessToken)).toBe(false);
    expect(await service.operations.refresh(ann.refreshToken)).toMatchObject({ __typename: 'AuthSession' });
  });
});

describe('revokeAllSessions', () => {
  it('ends all sessions of the user and no others', async () => {
    const ann = await service.operations.newCustomer();
    const bob = await service.operations.newCustomer();
    const phone = await service.operations.login(ann);
    const { data } = await service.execute('mutation { revokeAllSessions }', {}, phone);
    expect(data).toEqual({ revokeAllSessions: true });
    for (const { refreshToken } of [ann, phone]) {
      expect(await service.operations.refresh(refreshToken)).toMatchObject({
        __typename: 'InvalidRefreshToken',
      });
    }
    expect(await service.operations.refresh(bob.refreshToken)).toMatchObject({ __typename: 'AuthSession' });
  });

  it.each(['mutation { revokeAllSessions }', 'mutation { revokeSession(id: "x") }', '{ me { id } }'])(
    'without a token is rejected: %s',
    async (query) => {
      const { errors } = await service.execute(query);
      expect(errors?.map((error) => error.extensions.code)).toEqual(['UNAUTHENTICATED']);
    },
  );
});

describe('A login', () => {
  it('deletes the user’s sessions that expired more than a day ago, with their tokens', async () => {
    const customer = await service.operations.newCustomer();
    await service.sql(
      `UPDATE session_families SET expires_at = now() - interval '2 days' WHERE user_id = $1`,
      [customer.userId],
    );
    await service.operations.login(customer);
    const rows = await service.sql(
      `SELECT count(DISTINCT f.id)::int AS families, count(t)::int AS tokens
       FROM session_families f JOIN refresh_tokens t ON t.family_id = f.id WHERE f.user_id = $1`,
      [customer.userId],
    );
    expect(rows).toEqual([{ families: 1, tokens: 1 }]);
  });
});
