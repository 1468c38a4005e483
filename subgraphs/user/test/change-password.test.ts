import { hashSync } from 'bcryptjs';
import { withClient } from '@shop/local-stack/postgres';
import { eventually } from '@shop/testkit/eventually';
import { userToken } from '@shop/testkit/keys';
import type { Customer } from './support/operations';
import { startUserService, type UserService } from './support/user-service';

let service: UserService;
beforeAll(async () => {
  service = await startUserService({ REVOKED_SESSIONS_POLL_MS: '100', LOGIN_FAILURES_PER_ADDRESS: '10' });
});
afterAll(() => service.stop());

const newPassword = 'correct horse battery staple';
const success = { __typename: 'ChangePasswordSuccess' };
const invalid = { __typename: 'InvalidCredentials', code: 'invalid_credentials' };
const invalidToken = { __typename: 'InvalidRefreshToken' };

const change = (
  { accessToken, password }: Pick<Customer, 'accessToken' | 'password'>,
  given: { currentPassword?: string; newPassword?: string } = {},
  address?: string,
) =>
  service.operations.changePassword(
    { currentPassword: password, newPassword, ...given },
    { accessToken, ...(address && { address }) },
  );

const sessionsOf = (userId: string) =>
  service.sql<{ revoke_reason: string | null }>(
    'SELECT revoke_reason FROM session_families WHERE user_id = $1 ORDER BY created_at',
    [userId],
  );

const waitingForLock = () =>
  eventually(async () => {
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    expect(await service.sql(waiting)).toHaveLength(1);
  });

describe('changePassword', () => {
  it('replaces the password: the new one logs in, the old one does not', async () => {
    const customer = await service.operations.newCustomer();
    expect(await change(customer)).toMatchObject({ ...success, user: { id: customer.userId } });
    expect(await service.operations.login(customer)).toMatchObject(invalid);
    const login = { email: customer.email, password: newPassword };
    expect(await service.operations.login(login)).toMatchObject({ __typename: 'AuthSession' });
  });

  it('ends every other session of the user, and keeps that of the access token', async () => {
    const customer = await service.operations.newCustomer();
    const phone = await service.operations.login(customer);
    const stranger = await service.operations.newCustomer();
    expect(await change(customer)).toMatchObject(success);
    const reasons = (await sessionsOf(customer.userId)).map(({ revoke_reason }) => revoke_reason);
    expect(reasons).toEqual([null, 'PASSWORD_CHANGED']);
    expect(await service.operations.refresh(phone.refreshToken)).toMatchObject(invalidToken);
    for (const { refreshToken } of [customer, stranger])
      expect(await service.operations.refresh(refreshToken)).toMatchObject({ __typename: 'AuthSession' });
  });

  it('makes the access tokens of the ended sessions invalid', async () => {
    const customer = await service.operations.newCustomer();
    const phone = await service.operations.login(customer);
    await change(customer);
    const codeOf = async (accessToken: string) => {
      const { errors } = await service.execute('{ me { id } }', {}, { accessToken });
      return errors?.[0]?.extensions.code;
    };
    await eventually(async () => expect(await codeOf(phone.accessToken)).toBe('UNAUTHENTICATED'));
    expect(await codeOf(customer.accessToken)).toBeUndefined();
  });

  it('ends all sessions if that of the access token has ended', async () => {
    const customer = await service.operations.newCustomer();
    await service.operations.login(customer);
    await service.operations.logout(customer.refreshToken);
    await service.operations.login(customer);
    expect(await change({ ...customer, accessToken: userToken(customer) })).toMatchObject(success);
    expect((await sessionsOf(customer.userId)).map(({ revoke_reason }) => revoke_reason)).toEqual([
      'LOGOUT',
      'PASSWORD_CHANGED',
      'PASSWORD_CHANGED',
    ]);
  });

  it('changes nothing when the current password is wrong', async () => {
    const customer = await service.operations.newCustomer();
    const phone = await service.operations.login(customer);
    expect(await change(customer, { currentPassword: 'not the one' })).toMatchObject(invalid);
    expect(await service.operations.refresh(phone.refreshToken)).toMatchObject({ __typename: 'AuthSession' });
    expect(await service.operations.login(customer)).toMatchObject({ __typename: 'AuthSession' });
  });

  it.each([
    ['a common password', () => 'Password123', /most common passwords/],
    ['one repeated character', () => 'eeeeeeeee', /one repeated character/],
    ['the email', ({ email }: Customer) => email.toUpperCase(), /email address/],
    ['the part of the email before the @', ({ email }: Customer) => email.split('@')[0], /before the @/],
    ['seven characters', () => 'seven 7', /at least 8 characters/],
  ])('rejects %s on the field newPassword, and counts no attempt', async (_what, choose, rule) => {
    const customer = await service.operations.newCustomer();
    for (let attempt = 0; attempt < 12; attempt += 1) {
      expect(await change(customer, { newPassword: choose(customer) as string })).toMatchObject({
        __typename: 'InvalidInput',
        fields: [{ path: 'newPassword', message: expect.stringMatching(rule) }],
      });
    }
    expect(await change(customer)).toMatchObject(success);
  });

  it('counts a wrong current password as a failed login of the account', async () => {
    const customer = await service.operations.newCustomer();
    for (let guess = 0; guess < 5; guess += 1) {
      const wrong = { currentPassword: `guess ${guess}` };
      expect(await change(customer, wrong, `10.4.0.${guess}`)).toMatchObject(invalid);
      const login = { email: customer.email, password: `guess ${guess}` };
      await service.operations.login(login, { address: `10.4.1.${guess}` });
    }
    const tooMany = { __typename: 'TooManyAttempts', code: 'too_many_attempts' };
    expect(await change(customer, {}, '10.4.2.1')).toMatchObject(tooMany);
    expect(await service.operations.login(customer, { address: '10.4.2.2' })).toMatchObject(tooMany);
  });

  it('counts a wrong current password as a failed login from the address', async () => {
    for (let guess = 0; guess < 10; guess += 1) {
      const customer = await service.operations.newCustomer();
      await change(customer, { currentPassword: 'not the one' }, '10.5.0.1');
    }
    const other = await service.operations.newCustomer();
    expect(await service.operations.login(other, { address: '10.5.0.1' })).toMatchObject({
      __typename: 'TooManyAttempts',
    });
  });

  it('lets exactly one of several concurrent changes succeed', async () => {
    const customer = await service.operations.newCustomer();
    const passwords = Array.from({ length: 5 }, (_, index) => `new password number ${index}`);
    const results = await Promise.all(
      passwords.map((password) => change(customer, { newPassword: password })),
    );
    const winners = passwords.filter((_, index) => results[index].__typename === 'ChangePasswordSuccess');
    expect(winners).toHaveLength(1);
    expect(results.filter(({ __typename: name }) => name === 'InvalidCredentials')).toHaveLength(4);
    const login = { email: customer.email, password: winners[0] as string };
    expect(await service.operations.login(login)).toMatchObject({ __typename: 'AuthSession' });
  });

  it('succeeds if a login upgrades the hash concurrently', async () => {
    const customer = await service.operations.newCustomer();
    const result = await withClient(service.databaseUrl, async (client) => {
      await client.query('BEGIN');
      await client.query('UPDATE users SET password_hash = $2 WHERE id = $1', [
        customer.userId,
        hashSync(customer.password, 10),
      ]);
      const changed = change(customer);
      await waitingForLock();
      await client.query('COMMIT');
      return changed;
    });
    expect(result).toMatchObject(success);
  });

  it('opens no session for a concurrent login with the old password', async () => {
    const customer = await service.operations.newCustomer();
    const result = await withClient(service.databaseUrl, async (client) => {
      await client.query('BEGIN');
      await client.query('UPDATE users SET password_hash = $2 WHERE id = $1', [
        customer.userId,
        hashSync(newPassword, 10),
      ]);
      const login = service.operations.login(customer);
      await waitingForLock();
      await client.query('COMMIT');
      return login;
    });
    expect(result).toMatchObject(invalid);
    expect(await sessionsOf(customer.userId)).toHaveLength(1);
  });

  it('is rejected without an access token', async () => {
    const query = `mutation { changePassword(input: { currentPassword: "a", newPassword: "b" }) { __typename } }`;
    const { errors } = await service.execute(query);
    expect(errors?.map((error) => error.extensions.code)).toEqual(['UNAUTHENTICATED']);
  });
});
