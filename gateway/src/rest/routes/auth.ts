import { z } from 'zod';
import {
  RestChangePasswordDocument,
  RestLoginDocument,
  RestLogoutDocument,
  RestRefreshDocument,
  RestRegisterDocument,
} from '../generated/operations';
import { problemOfMember } from '../http/problem';
import { defineRoute } from '../http/route';
import { named, required } from '../shapes/shape';
import { session, toSession } from '../shapes/user';

const credentials = named('Credentials', z.strictObject({ email: z.string(), password: z.string() }));
const refreshToken = named('RefreshToken', z.strictObject({ refresh_token: z.string() }));

const passwordChange = named(
  'PasswordChange',
  z.strictObject({ current_password: z.string(), new_password: z.string() }),
);

const ofAuth = { tag: 'auth', access: 'anyone', method: 'POST', idempotencyKey: 'ignored' } as const;

const register = defineRoute({
  ...ofAuth,
  path: '/v1/auth/register',
  operationId: 'register',
  summary: 'Register an account and log in',
  description:
    'The same Idempotency-Key, email and password log in to the account that the first request registered, with new tokens. A key is unique among all registrations: use a UUID.',
  body: credentials,
  idempotencyKey: 'replayed',
  responses: { 201: { description: 'The account is registered and logged in.', body: session } },
  failures: ['email_taken', 'invalid_input', 'too_many_attempts'],
  async handle({ body, idempotencyKey, run }) {
    const input = { ...body, idempotencyKey };
    const data = await run(RestRegisterDocument, { input });
    const result = required(data.register, 'register');
    if (result.__typename !== 'AuthSession') throw problemOfMember(result);
    return { status: 201, body: toSession(result) };
  },
});

const login = defineRoute({
  ...ofAuth,
  path: '/v1/auth/login',
  operationId: 'login',
  summary: 'Log in',
  body: credentials,
  responses: { 200: { description: 'Logged in.', body: session } },
  failures: ['invalid_credentials', 'too_many_attempts'],
  async handle({ body, run }) {
    const data = await run(RestLoginDocument, { input: body });
    const result = required(data.login, 'login');
    if (result.__typename !== 'AuthSession') throw problemOfMember(result);
    return { status: 200, body: toSession(result) };
  },
});

const refresh = defineRoute({
  ...ofAuth,
  path: '/v1/auth/refresh',
  operationId: 'refresh',
  summary: 'Exchange a refresh token for new tokens',
  description:
    'A token is exchanged once. A repeat with the same token within 10 seconds (REFRESH_REPEAT_SECONDS), before the next one was used, returns the same next refresh token: two tabs may refresh concurrently, and a client that lost the response repeats the request. Any other reuse ends the session, whatever the Idempotency-Key: then log in again.',
  body: refreshToken,
  responses: {
    200: { description: 'The next pair of tokens; the old refresh token is used up.', body: session },
  },
  failures: ['invalid_refresh_token'],
  async handle({ body, run }) {
    const data = await run(RestRefreshDocument, { refreshToken: body.refresh_token });
    const result = required(data.refreshSession, 'refreshSession');
    if (result.__typename !== 'AuthSession') throw problemOfMember(result);
    return { status: 200, body: toSession(result) };
  },
});

const changePassword = defineRoute({
  ...ofAuth,
  access: 'signed_in',
  path: '/v1/auth/password',
  operationId: 'changePassword',
  summary: 'Change the password and end every other session',
  description:
    'The session of the access token stays open. A wrong current password returns 401 invalid_credentials and counts as a failed login. If the response is lost, log in with the new password to find out whether it was changed.',
  body: passwordChange,
  responses: {
    204: {
      description:
        'Changed. Access tokens of the other sessions are rejected within about 15 seconds, their refresh tokens at once.',
    },
  },
  failures: ['invalid_credentials', 'invalid_input', 'too_many_attempts'],
  async handle({ body, run }) {
    const input = { currentPassword: body.current_password, newPassword: body.new_password };
    const data = await run(RestChangePasswordDocument, { input });
    const result = required(data.changePassword, 'changePassword');
    if (result.__typename !== 'ChangePasswordSuccess') throw problemOfMember(result);
    return { status: 204 };
  },
});

const logout = defineRoute({
  ...ofAuth,
  path: '/v1/auth/logout',
  operationId: 'logout',
  summary: 'End the session of a refresh token',
  body: refreshToken,
  responses: { 204: { description: 'Ended; the same for a token that is unknown.' } },
  failures: [],
  async handle({ body, run }) {
    await run(RestLogoutDocument, { refreshToken: body.refresh_token });
    return { status: 204 };
  },
});

export const authRoutes = [register, login, refresh, changePassword, logout];
