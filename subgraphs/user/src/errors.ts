import { defineErrors } from '@shop/kit/errors';

/** The error codes of this subgraph, and their default messages. */
export const { ownCodes, problem } = defineErrors({
  invalid_credentials:
    'Login: unknown email or wrong password, in one answer. Password change: the current password is wrong.',
  invalid_refresh_token:
    'Unknown, expired, revoked or already used. Reuse of a used token ends its session: log in again.',
  email_taken: 'An account with this email exists: log in instead.',
  too_many_attempts:
    'Too many failed logins or password changes, or too many registrations, for this account or address. Wait for the time given.',
});
