import { createHash, randomUUID } from 'node:crypto';
import { serviceEnvironmentFor } from '@shop/testkit/keys';
import { hashSync } from 'bcryptjs';
import { allowedCommonPasswords, loadUserSettings } from '../src/config';
import { uniqueEmail } from './support/operations';
import { startUserService, type UserService } from './support/user-service';

let service: UserService;

beforeAll(async () => {
  service = await startUserService();
});
afterAll(() => service.stop());

const accountsOf = (email: string) =>
  service.sql<{ password_hash: string; role: string }>('SELECT * FROM users WHERE email = $1', [email]);

describe('register', () => {
  it('creates a customer and a session', async () => {
    const email = uniqueEmail();
    const session = await service.operations.register({ email, password: 'P@ssw0rd' });
    expect(session).toMatchObject({
      __typename: 'AuthSession',
      tokenType: 'Bearer',
      expiresInSeconds: 600,
      user: { email, role: 'CUSTOMER' },
    });
    const me = await service.execute('{ me { id email } }', {}, { accessToken: session.accessToken });
    expect(me.data).toEqual({ me: { id: session.user.id, email } });
  });

  it('stores a bcrypt hash and a hash of the refresh token, neither secret itself', async () => {
    const { email, refreshToken } = await service.operations.newCustomer();
    const [account] = await accountsOf(email);
    expect(account?.password_hash).toMatch(/^\$2b\$10\$.{53}$/);
    const tokens = await service.sql('SELECT used_at FROM refresh_tokens WHERE token_hash = $1', [
      createHash('sha256').update(refreshToken).digest(),
    ]);
    expect(tokens).toEqual([{ used_at: null }]);
  });

  it('rejects an email that is taken, in any case and width', async () => {
    const { email } = await service.operations.newCustomer();
    const other = `  ${email.replace('ann', 'ＡNN').toUpperCase()} `;
    const result = await service.operations.register({ email: other, password: 'another one' });
    expect(result).toMatchObject({ __typename: 'EmailTaken', code: 'email_taken' });
    expect(await accountsOf(email)).toHaveLength(1);
  });

  it('gives an email to exactly one of several concurrent registrations', async () => {
    const email = uniqueEmail();
    const results = await Promise.all(
      Array.from({ length: 10 }, () => service.operations.register({ email, password: 'P@ssw0rd' })),
    );
    const names = results.map((result) => result.__typename);
    expect(names.filter((name) => name === 'AuthSession')).toHaveLength(1);
    expect(names.filter((name) => name === 'EmailTaken')).toHaveLength(9);
  });

  it('names every invalid field', async () => {
    const result = await service.operations.register({ email: 'not-an-email', password: 'short' });
    expect(result).toMatchObject({ __typename: 'InvalidInput', code: 'invalid_input' });
    expect(result.fields.map((field: { path: string }) => field.path)).toEqual(['email', 'password']);
  });

  it.each([
    ['more than bcrypt can use', 'x'.repeat(73), /72 bytes/],
    ['NUL', 'password\0', /NUL/],
    ['a lone surrogate', 'password\ud800', /Unicode/],
  ])('rejects a password with %s', async (_what, password, rule) => {
    const result = await service.operations.register({ email: uniqueEmail(), password });
    expect(result).toMatchObject({
      __typename: 'InvalidInput',
      fields: [{ path: 'password', message: expect.stringMatching(rule) }],
    });
  });
});

describe('register with a password that is easy to guess', () => {
  it.each([
    ['a common one', 'Password123', /most common passwords/],
    ['one repeated character', 'aaaaaaaaaa', /one repeated character/],
    ['the part of the email before the @', null, /before the @/],
  ])('rejects %s on the field password, and creates no account', async (_what, password, rule) => {
    const email = uniqueEmail();
    const result = await service.operations.register({ email, password: password ?? email.split('@')[0] });
    expect(result).toMatchObject({
      __typename: 'InvalidInput',
      fields: [{ path: 'password', message: expect.stringMatching(rule) }],
    });
    expect(await accountsOf(email)).toEqual([]);
  });

  it('accepts the documented P@ssw0rd, but not in production', async () => {
    const settings = { ...serviceEnvironmentFor('user', 'postgres://users@127.0.0.1/users') };
    expect(allowedCommonPasswords(loadUserSettings(settings))).toEqual(['P@ssw0rd']);
    const production = loadUserSettings({ ...settings, NODE_ENV: 'production' });
    expect(allowedCommonPasswords(production)).toEqual([]);
  });

  it('does not affect the login of an existing account with such a password', async () => {
    const { userId, email } = await service.operations.newCustomer();
    await service.sql('UPDATE users SET password_hash = $2 WHERE id = $1', [
      userId,
      hashSync('Password123', 10),
    ]);
    expect(await service.operations.login({ email, password: 'Password123' })).toMatchObject({
      __typename: 'AuthSession',
    });
  });
});

describe('register with an idempotency key', () => {
  const request = () => ({ email: uniqueEmail(), password: 'P@ssw0rd', idempotencyKey: randomUUID() });
  const register = async (input: object) => {
    const query = `mutation ($input: RegisterInput!) {
      register(input: $input) { __typename ... on AuthSession { user { id } refreshToken } ... on Problem { code } }
    }`;
    const { data } = await service.execute(query, { input });
    return data.register;
  };

  it('creates one account, then logs in to it with new tokens', async () => {
    const input = request();
    const first = await register(input);
    const second = await register({ ...input, email: input.email.toUpperCase() });
    expect([first.__typename, second.__typename]).toEqual(['AuthSession', 'AuthSession']);
    expect(second.user.id).toBe(first.user.id);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(await accountsOf(input.email)).toHaveLength(1);
  });

  it('creates one account for ten concurrent requests', async () => {
    const input = request();
    const results = await Promise.all(Array.from({ length: 10 }, () => register(input)));
    expect(new Set(results.map(({ user }) => user?.id)).size).toBe(1);
    expect(await accountsOf(input.email)).toHaveLength(1);
  });

  it('rejects the key with another password or another email, and creates no account', async () => {
    const input = request();
    await register(input);
    const other = uniqueEmail();
    for (const change of [{ password: 'another one' }, { email: other }]) {
      expect(await register({ ...input, ...change })).toEqual({
        __typename: 'IdempotencyConflict',
        code: 'idempotency_conflict',
      });
    }
    expect(await accountsOf(other)).toEqual([]);
  });

  it('rejects the email of an account that was created without the key', async () => {
    const { email, password } = await service.operations.newCustomer();
    const result = await register({ email, password, idempotencyKey: randomUUID() });
    expect(result).toMatchObject({ __typename: 'EmailTaken' });
  });

  it('stores a hash of the key, and no token', async () => {
    const input = request();
    const { refreshToken } = await register(input);
    const [account] = await service.sql<object>('SELECT * FROM users WHERE email = $1', [input.email]);
    expect(account).toMatchObject({
      registration_key_hash: createHash('sha256').update(input.idempotencyKey).digest(),
    });
    expect(JSON.stringify(account)).not.toContain(refreshToken);
  });

  it.each(['', 'k'.repeat(129), 'schlüssel', 'a\0b'])('rejects the key %j', async (idempotencyKey) => {
    expect(await register({ ...request(), idempotencyKey })).toMatchObject({ __typename: 'InvalidInput' });
  });
});

describe('register, too often', () => {
  const perAddress = 5;
  let guarded: UserService;
  beforeAll(async () => {
    guarded = await startUserService({ REGISTRATIONS_PER_ADDRESS: String(perAddress) });
  });
  afterAll(() => guarded.stop());

  const registerFrom = (address: string, email = uniqueEmail()) =>
    guarded.operations.register({ email, password: 'P@ssw0rd' }, { address });
  const rejected = { __typename: 'TooManyAttempts', code: 'too_many_attempts', retryAfterSeconds: 30 };

  it('is rejected for an address that created the configured number of accounts, and for no other', async () => {
    for (let made = 0; made < perAddress; made += 1) {
      expect(await registerFrom('10.0.0.1')).toMatchObject({ __typename: 'AuthSession' });
    }
    expect(await registerFrom('10.0.0.1')).toMatchObject(rejected);
    expect(await registerFrom('10.0.0.2')).toMatchObject({ __typename: 'AuthSession' });
  });

  it('is throttled for a client that probes whether an email has an account', async () => {
    const email = uniqueEmail();
    const results = [];
    for (let asked = 0; asked < 11; asked += 1) results.push(await registerFrom(`10.0.1.${asked}`, email));
    expect(results.map((result) => result.__typename)).toEqual([
      'AuthSession',
      ...Array<string>(9).fill('EmailTaken'),
      'TooManyAttempts',
    ]);
  });

  it('does not throttle the login of the account', async () => {
    const { email, password } = await guarded.operations.newCustomer();
    for (let asked = 0; asked < 11; asked += 1) await registerFrom(`10.0.2.${asked}`, email);
    expect(await guarded.operations.login({ email, password })).toMatchObject({ __typename: 'AuthSession' });
  });

  it('does not count invalid input', async () => {
    for (let tried = 0; tried < 2 * perAddress; tried += 1) {
      expect(await registerFrom('10.0.3.1', 'not-an-email')).toMatchObject({ __typename: 'InvalidInput' });
    }
  });
});
