import type { DataSource } from 'typeorm';
import { ensureAdmin } from '../src/accounts/ensure-admin';
import { loadSeedSettings } from '../src/config';
import { connect } from '../src/data-source';
import { PasswordHasher } from '../src/passwords/password-hasher';
import { uniqueEmail } from './support/operations';
import { startUserService, type UserService } from './support/user-service';

let service: UserService;
let dataSource: DataSource;
let passwords: PasswordHasher;

beforeAll(async () => {
  service = await startUserService();
  dataSource = await connect({ DATABASE_URL: service.databaseUrl, DATABASE_POOL_SIZE: 2 });
  passwords = new PasswordHasher(10);
});
afterAll(async () => {
  await dataSource.destroy();
  await passwords.close();
  await service.stop();
});

const ensure = (admin: { email: string; password: string }, isReset = true) =>
  ensureAdmin({ dataSource, passwords, admin, isReset });

describe('The seeded admin', () => {
  it('can log in, and seeding again changes nothing', async () => {
    const admin = { email: uniqueEmail(), password: 'admin password' };
    expect(await ensure(admin)).toBe('created');
    const rows = () => service.sql('SELECT * FROM users WHERE email = $1', [admin.email]);
    const [before] = await rows();
    expect(await ensure(admin)).toBe('unchanged');
    expect(await rows()).toEqual([before]);
    expect(await service.operations.login(admin)).toMatchObject({ user: { role: 'ADMIN' } });
  });

  it('gets the new password if it was changed, and its sessions end', async () => {
    const admin = { email: uniqueEmail(), password: 'first password' };
    await ensure(admin);
    const { refreshToken } = await service.operations.login(admin);
    const changed = { ...admin, password: 'second password' };
    expect(await ensure(changed)).toMatch(/updated/);
    expect(await service.operations.refresh(refreshToken)).toMatchObject({
      __typename: 'InvalidRefreshToken',
    });
    expect(await service.operations.login(admin)).toMatchObject({ __typename: 'InvalidCredentials' });
    expect(await service.operations.login(changed)).toMatchObject({ __typename: 'AuthSession' });
  });

  it('keeps its own password if the setting says so, but a customer with its email does not', async () => {
    const admin = { email: uniqueEmail(), password: 'first password' };
    await ensure(admin);
    expect(await ensure({ ...admin, password: 'second password' }, false)).toBe('unchanged');
    expect(await service.operations.login(admin)).toMatchObject({ __typename: 'AuthSession' });
    const squatter = await service.operations.newCustomer();
    expect(await ensure({ ...squatter, password: 'second password' }, false)).toMatch(/updated/);
  });

  it.each([
    ['a common password', 'administrator', /most common passwords/],
    ['the documented one in production', 'P@ssw0rd', /most common passwords/],
    ['the email as its password', 'ADMIN@shop.example', /email address/],
  ])('is rejected with %s, and the error does not contain the password', (_what, password, rule) => {
    const environment = { NODE_ENV: 'production', DATABASE_URL: service.databaseUrl };
    const load = () => loadSeedSettings({ ...environment, ADMIN_PASSWORD: password });
    expect(load).toThrow(rule);
    expect(load).not.toThrow(password);
  });

  it('takes over an email that a customer registered first', async () => {
    const squatter = await service.operations.newCustomer();
    expect(await ensure({ email: squatter.email, password: squatter.password })).toMatch(/updated/);
    expect(await service.operations.refresh(squatter.refreshToken)).toMatchObject({
      __typename: 'InvalidRefreshToken',
    });
  });
});
