import { requireUser } from '@shop/kit/auth';
import { problem } from '../errors';
import type { ChangePasswordResult } from '../accounts/password-change.service';
import type { LoginResult } from '../accounts/login.service';
import type { RegisterResult } from '../accounts/registration.service';
import { requireAccount } from '../context';
import type { MutationResolvers } from '../generated/schema';
import type { IssuedTokens } from '../sessions/session.service';

export const Mutation: MutationResolvers = {
  async register(_parent, { input }, { registrations, client, answer }) {
    const result = await registrations.register(input, client);
    answer.replayed ||= result.kind === 'REGISTERED' && result.isReplay;
    return result.kind === 'REGISTERED' ? authSession(result.tokens) : registerProblem(result);
  },

  async login(_parent, { input }, { logins, client }) {
    const result = await logins.login(input, client);
    return result.kind === 'LOGGED_IN' ? authSession(result.tokens) : loginProblem(result);
  },

  async refreshSession(_parent, { refreshToken }, { sessions }) {
    const tokens = await sessions.refresh(refreshToken);
    if (tokens) return authSession(tokens);
    return { __typename: 'InvalidRefreshToken', ...problem('invalid_refresh_token') };
  },

  async changePassword(_parent, { input }, context) {
    const result = await context.passwordChanges.change({
      user: await requireAccount(context),
      sessionId: requireUser(context.viewer).sessionId,
      client: context.client,
      ...input,
    });
    return result.kind === 'CHANGED'
      ? { __typename: 'ChangePasswordSuccess', user: result.user }
      : changePasswordProblem(result);
  },

  async logout(_parent, { refreshToken }, { sessions }) {
    await sessions.logout(refreshToken);
    return true;
  },

  revokeSession: (_parent, { id }, { viewer, sessions }) => sessions.revoke(requireUser(viewer).userId, id),

  async revokeAllSessions(_parent, _args, { viewer, sessions }) {
    await sessions.revokeAll(requireUser(viewer).userId);
    return true;
  },
};

function authSession(tokens: IssuedTokens) {
  return { __typename: 'AuthSession' as const, ...tokens, tokenType: 'Bearer' };
}

function registerProblem(result: Exclude<RegisterResult, { kind: 'REGISTERED' }>) {
  switch (result.kind) {
    case 'INVALID_INPUT':
      return invalidInput(result.fields);
    case 'EMAIL_TAKEN':
      return { __typename: 'EmailTaken' as const, ...problem('email_taken') };
    case 'KEY_CONFLICT':
      return { __typename: 'IdempotencyConflict' as const, ...problem('idempotency_conflict') };
    case 'TOO_MANY_ATTEMPTS':
      return tooManyAttempts(result.retryAfterSeconds);
  }
}

function loginProblem(result: Exclude<LoginResult, { kind: 'LOGGED_IN' }>) {
  switch (result.kind) {
    case 'INVALID_CREDENTIALS':
      return { __typename: 'InvalidCredentials' as const, ...problem('invalid_credentials') };
    case 'TOO_MANY_ATTEMPTS':
      return tooManyAttempts(result.retryAfterSeconds);
  }
}

function changePasswordProblem(result: Exclude<ChangePasswordResult, { kind: 'CHANGED' }>) {
  return result.kind === 'INVALID_INPUT' ? invalidInput(result.fields) : loginProblem(result);
}

function invalidInput(fields: { path: string; message: string }[]) {
  return { __typename: 'InvalidInput' as const, ...problem('invalid_input'), fields };
}

function tooManyAttempts(retryAfterSeconds: number) {
  return { __typename: 'TooManyAttempts' as const, ...problem('too_many_attempts'), retryAfterSeconds };
}
