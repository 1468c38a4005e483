import { uniqueEmail } from './support/operations';
import { startUserService, type UserService } from './support/user-service';
import { hashSync } from 'bcryptjs';

let service: UserService;

beforeAll(async () => {
  service = await startUserService({ LOGIN_FAILURES_PER_ADDRESS: '10' });
});
afterAll(() => service.stop());

const hashOf = async (userId: string) => {
  const [user] = await service.sql<{ password_hash: string }>(
    'SELECT password_hash FROM users WHERE id = $1',
    [userId],
  );
  return user?.password_hash;
};

const storeHash = (userId: string, hash: string) =>
  service.sql('UPDATE users SET password_hash = $2 WHERE id = $1', [userId, hash]);

describe('login', () => {
  it('opens another session, and ignores the case of the email', async () => {
    const { userId, email, password, accessToken } = await service.operations.newCustomer();
    const result = await service.operations.login({ email: email.toUpperCase(), password });
    expect(result).toMatchObject({ __typename: 'AuthSession', user: { id: userId } });
    expect(await service.operations.sessionsOf(accessToken)).toHaveLength(2);
  });

  it('returns the same result for an unknown email, a wrong password and an invalid email', async () => {
    const { email, password } = await service.operations.newCustomer();
    const wrong = await service.operations.login({ email, password: 'not the one' });
    expect(wrong).toMatchObject({ __typename: 'InvalidCredentials', code: 'invalid_credentials' });
    expect(await service.operations.login({ email: uniqueEmail(), password })).toEqual(wrong);
    expect(await service.operations.login({ email: 'no email\0', password })).toEqual(wrong);
  });

  it('rejects a longer password with the correct first 72 bytes', async () => {
    const { userId, email } = await service.operations.newCustomer();
    const password = 'x'.repeat(72);
    await storeHash(userId, hashSync(password, 10));
    const longer = await service.operations.login({ email, password: `${password}y` });
    expect(longer).toMatchObject({ __typename: 'InvalidCredentials' });
    expect(await service.operations.login({ email, password })).toMatchObject({ __typename: 'AuthSession' });
  });

  it.each(['', 'plain text', '$2b$10$tooshort', `$2b$99$${'x'.repeat(53)}`, `$2b$10$${'!'.repeat(53)}`])(
    'fails where the stored hash is malformed: %j',
    async (hash) => {
      const { userId, email, password } = await service.operations.newCustomer();
      await storeHash(userId, hash);
      const result = await service.operations.login({ email, password });
      expect(result).toMatchObject({ __typename: 'InvalidCredentials' });
    },
  );

  it('upgrades a hash of another cost, once', async () => {
    const { userId, email, password } = await service.operations.newCustomer();
    await storeHash(userId, hashSync(password, 6));
    await service.operations.login({ email, password });
    const upgraded = await hashOf(userId);
    expect(upgraded).toMatch(/^\$2b\$10\$/);
    expect(await service.operations.login({ email, password })).toMatchObject({ __typename: 'AuthSession' });
    expect(await hashOf(userId)).toBe(upgraded);
  });

  it('does not upgrade a hash when the password is wrong', async () => {
    const { userId, email, password } = await service.operations.newCustomer();
    const hash = hashSync(password, 6);
    await storeHash(userId, hash);
    await service.operations.login({ email, password: 'not the one' });
    expect(await hashOf(userId)).toBe(hash);
  });
});

describe('guessing a password', () => {
  it('is rejected after ten failures, even with the correct password, whether or not the account exists', async () => {
    const { email, password } = await service.operations.newCustomer();
    for (const account of [email, uniqueEmail()]) {
      for (let guess = 0; guess < 10; guess += 1) {
        const address = `10.1.0.${guess}`;
        const result = await service.operations.login(
          { email: account, password: `guess ${guess}` },
          { address },
        );
        expect(result.__typename).toBe('InvalidCredentials');
      }
      const rejected = await service.operations.login({ email: account, password }, { address: '10.1.1.1' });
      expect(rejected).toMatchObject({ __typename: 'TooManyAttempts', code: 'too_many_attempts' });
      expect(rejected.retryAfterSeconds).toBeGreaterThan(0);
    }
  });

  it('is rejected after the configured number of failures from one address, but not from another', async () => {
    const { email, password } = await service.operations.newCustomer();
    for (let guess = 0; guess < 10; guess += 1) {
      await service.operations.login({ email: uniqueEmail(), password }, { address: '10.2.0.1' });
    }
    const rejected = await service.operations.login({ email, password }, { address: '10.2.0.1' });
    expect(rejected).toMatchObject({ __typename: 'TooManyAttempts' });
    const elsewhere = await service.operations.login({ email, password }, { address: '10.2.0.2' });
    expect(elsewhere).toMatchObject({ __typename: 'AuthSession' });
  });

  it('counts each alias of one operation', async () => {
    const { email } = await service.operations.newCustomer();
    const aliases = Array.from(
      { length: 12 },
      (_, index) =>
        `guess${index}: login(input: { email: "${email}", password: "guess ${index}" }) { __typename }`,
    );
    const { data } = await service.execute(`mutation { ${aliases.join('\n')} }`, {}, { address: '10.3.0.1' });
    const names = Object.values<{ __typename: string }>(data).map((result) => result.__typename);
    expect(names.filter((name) => name === 'InvalidCredentials')).toHaveLength(10);
    expect(names.filter((name) => name === 'TooManyAttempts')).toHaveLength(2);
  });
});
