import type { Mutant } from '../mutant';

export const userPasswordMutants: readonly Mutant[] = [
  {
    name: 'other sessions after a change of the password',
    harm: 'a person who knows the old password stays logged in',
    workspace: 'subgraphs/user',
    edits: [
      {
        file: 'subgraphs/user/src/sessions/session.repository.ts',
        find: 'WHERE user_id = $1 AND id IS DISTINCT FROM $2 AND revoked_at IS NULL',
        replace: 'WHERE user_id = $1 AND id IS DISTINCT FROM $2 AND revoked_at IS NOT NULL',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/user/test/change-password.test.ts',
      title: 'changePassword ends every other session of the user, and keeps that of the access token',
    },
  },
  {
    name: 'current password of a change',
    harm: 'a concurrent change succeeds with a password that is no longer valid',
    workspace: 'subgraphs/user',
    edits: [
      {
        file: 'subgraphs/user/src/users/user.repository.ts',
        find: 'WHERE id = $1 AND password_hash = $2\n         RETURNING *',
        replace: "WHERE id = $1 AND $2 <> ''\n         RETURNING *",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/user/test/change-password.test.ts',
      title: 'changePassword lets exactly one of several concurrent changes succeed',
    },
  },
  {
    name: 'password of a login in progress',
    harm: 'a login with the old password succeeds after the change',
    workspace: 'subgraphs/user',
    edits: [
      {
        file: 'subgraphs/user/src/users/user.repository.ts',
        find: 'AND password_hash = $2 FOR SHARE`',
        replace: "AND $2 <> '' FOR SHARE`",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/user/test/change-password.test.ts',
      title: 'changePassword opens no session for a concurrent login with the old password',
    },
  },
  {
    name: 'throttle of the current password',
    harm: 'a stolen access token allows unlimited guesses of the password',
    workspace: 'subgraphs/user',
    edits: [
      {
        file: 'subgraphs/user/src/accounts/password-change.service.ts',
        find: 'await throttles.logins.attempt(',
        replace: 'await throttles.registrations.attempt(',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/user/test/change-password.test.ts',
      title: 'changePassword counts a wrong current password as a failed login of the account',
    },
  },
  {
    name: 'blocklist of new passwords',
    harm: 'an account can have an easily guessed password',
    workspace: 'subgraphs/user',
    edits: [
      {
        file: 'subgraphs/user/src/passwords/password-rule.ts',
        find: 'if (commonPasswords.has(lowerCase) && !allowed',
        replace: 'if (commonPasswords.has(`${lowerCase} `) && !allowed',
      },
    ],
    test: {
      project: 'unit',
      file: 'subgraphs/user/src/passwords/password-rule.test.ts',
      title: 'A new password that is on the list of common ones is rejected',
    },
  },
];
