import { randomUUID } from 'node:crypto';
import { password, type Session, type Shop } from './shop';

export function authCases(shop: () => Shop): void {
  describe('/v1/auth', () => {
    it('registers and logs in', async () => {
      const email = `new-${randomUUID()}@example.com`;
      const { status, body } = await shop().api.call<Session>('register', { body: { email, password } });
      expect({ status, email: body.user.email }).toEqual({ status: 201, email });
      expect((await shop().api.call('login', { body: { email, password } })).status).toBe(200);
    });

    it('rejects an email that is registered', async () => {
      const { user } = await shop().newCustomer();
      const { status, body } = await shop().api.call('register', { body: { email: user.email, password } });
      expect([status, body['code']]).toEqual([409, 'email_taken']);
    });

    it('names each field of a registration that breaks a rule', async () => {
      const { body } = await shop().api.call('register', { body: { email: 'unknown', password: 'short' } });
      const paths = (body['errors'] as { path: string }[]).map(({ path }) => path);
      expect([body['code'], paths.sort()]).toEqual(['invalid_input', ['email', 'password']]);
    });

    it('returns the same response for an unknown email and a wrong password', async () => {
      const { user } = await shop().newCustomer();
      const unknown = { email: `unknown-${randomUUID()}@example.com`, password };
      for (const body of [unknown, { email: user.email, password: 'wrong password' }]) {
        const answer = await shop().api.call('login', { body });
        expect([answer.status, answer.body['code']]).toEqual([401, 'invalid_credentials']);
      }
    });

    it('exchanges a refresh token once, and rejects it after its successor was used', async () => {
      const { refresh_token } = await shop().newCustomer();
      const first = await shop().api.call<Session>('refresh', { body: { refresh_token } });
      expect([first.status, first.body.refresh_token === refresh_token]).toEqual([200, false]);
      const repeated = await shop().api.call<Session>('refresh', { body: { refresh_token } });
      expect([repeated.status, repeated.body]).toEqual([200, first.body]);
      await shop().api.call('refresh', { body: { refresh_token: first.body.refresh_token } });
      const stolen = await shop().api.call('refresh', { body: { refresh_token } });
      expect([stolen.status, stolen.body['code']]).toEqual([401, 'invalid_refresh_token']);
    });

    it('registers once for an idempotency key, then logs in to the same account', async () => {
      const headers = { 'idempotency-key': randomUUID() };
      const body = { email: `new-${randomUUID()}@example.com`, password };
      const first = await shop().api.call<Session>('register', { body, headers });
      const again = await shop().api.call<Session>('register', { body, headers });
      expect([again.status, again.body.user.id]).toEqual([201, first.body.user.id]);
      expect([first, again].map((answer) => answer.headers.get('idempotent-replayed'))).toEqual([
        null,
        'true',
      ]);
      const { access_token: token } = again.body;
      expect((await shop().api.call('getMe', { token })).status).toBe(200);
      const other = await shop().api.call('register', {
        body: { ...body, password: 'another one' },
        headers,
      });
      expect([other.status, other.body['code']]).toEqual([422, 'idempotency_conflict']);
    });

    it('accepts an idempotency key, which does not make a used refresh token valid', async () => {
      const { refresh_token } = await shop().newCustomer();
      const headers = { 'idempotency-key': 'k1' };
      const { body } = await shop().api.call<Session>('refresh', { body: { refresh_token }, headers });
      await shop().api.call('refresh', { body: { refresh_token: body.refresh_token } });
      const again = await shop().api.call('refresh', { body: { refresh_token }, headers });
      expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([401, null]);
    });

    it('rejects a password that is easy to guess, on the field password', async () => {
      const email = `new-${randomUUID()}@example.com`;
      const answer = await shop().api.call('register', { body: { email, password: 'Password123' } });
      const errors = answer.body['errors'] as { path: string; message: string }[];
      expect([answer.status, errors.map(({ path }) => path)]).toEqual([422, ['password']]);
      expect(errors[0]?.message).toMatch(/most common passwords: choose another one/);
    });

    it('changes the password, and ends the other sessions', async () => {
      const { access_token: token, user } = await shop().newCustomer();
      const credentials = { email: user.email, password };
      const { body: phone } = await shop().api.call<Session>('login', { body: credentials });
      const new_password = 'correct horse battery staple';
      const change = (current_password: string, next = new_password) =>
        shop().api.call('changePassword', { token, body: { current_password, new_password: next } });

      const weak = await change(password, 'Password123');
      expect([weak.status, (weak.body['errors'] as { path: string }[])[0]?.path]).toEqual([
        422,
        'new_password',
      ]);
      const wrong = await change('not the one');
      expect([wrong.status, wrong.body['code']]).toEqual([401, 'invalid_credentials']);
      expect((await change(password)).status).toBe(204);

      const refreshed = await shop().api.call('refresh', { body: { refresh_token: phone.refresh_token } });
      expect(refreshed.status).toBe(401);
      expect((await shop().api.call('login', { body: credentials })).status).toBe(401);
      const next = { ...credentials, password: new_password };
      expect((await shop().api.call('login', { body: next })).status).toBe(200);
    });

    it('ends a session, and returns 204 for an unknown token', async () => {
      const { refresh_token } = await shop().newCustomer();
      for (const token of [refresh_token, refresh_token, 'unknown']) {
        const { status } = await shop().api.call('logout', { body: { refresh_token: token } });
        expect(status).toBe(204);
      }
      expect((await shop().api.call('refresh', { body: { refresh_token } })).status).toBe(401);
    });

    it('rejects a body with a member missing, of the wrong type or unknown', async () => {
      for (const id of ['register', 'login']) {
        const { body } = await shop().api.call(id, { body: { email: 1, role: 'ADMIN' } });
        const paths = (body['errors'] as { path: string }[]).map(({ path }) => path);
        expect([body['code'], paths.sort()]).toEqual(['invalid_input', ['email', 'password', 'role']]);
      }
      for (const id of ['refresh', 'logout']) {
        const { status } = await shop().api.call(id, { body: {} });
        expect(status).toBe(422);
      }
    });
  });
}

/** Run these last: they lock logins of this address. */
export function throttleCases(shop: () => Shop): void {
  it('returns 429 after too many failed logins', async () => {
    const { user } = await shop().newCustomer();
    const body = { email: user.email, password: 'wrong password' };
    let answer = await shop().api.call('login', { body });
    for (let attempt = 1; answer.status === 401 && attempt < 50; attempt += 1) {
      answer = await shop().api.call('login', { body });
    }
    expect([answer.status, answer.body['code']]).toEqual([429, 'too_many_attempts']);
  });
}
