import type { Mutant } from '../mutant';

export const userSessionMutants: readonly Mutant[] = [
  {
    name: 'lock of a session',
    harm: 'a session can be refreshed while it is being revoked',
    workspace: 'subgraphs/user',
    edits: [
      {
        file: 'subgraphs/user/src/sessions/session.repository.ts',
        find: 'WHERE id = (SELECT family_id FROM refresh_tokens WHERE token_hash = $1)\n       FOR UPDATE`',
        replace: 'WHERE id = (SELECT family_id FROM refresh_tokens WHERE token_hash = $1)`',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/user/test/refresh.test.ts',
      title: 'refreshSession waits for a revocation in progress, and is rejected then',
    },
  },
  {
    name: 'one use of a refresh token',
    harm: 'a stolen refresh token stays valid while its owner uses the session',
    workspace: 'subgraphs/user',
    edits: [
      {
        file: 'subgraphs/user/src/sessions/session.repository.ts',
        find: 'WHERE token_hash = $1 AND used_at IS NULL RETURNING 1',
        replace: 'WHERE token_hash = $1 RETURNING 1',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/user/test/refresh-repeat.test.ts',
      title:
        'A refresh token that is repeated before its successor was used rotates once for 50 concurrent uses in two processes, and returns 50 equal results',
    },
  },
  {
    name: 'refresh token whose successor was used',
    harm: 'a thief and the owner of a session both keep refreshing it',
    workspace: 'subgraphs/user',
    edits: [
      {
        file: 'subgraphs/user/src/sessions/session.repository.ts',
        find: 'WHERE token_hash = ANY ($1) AND used_at IS NULL`',
        replace: 'WHERE token_hash = ANY ($1)`',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/user/test/refresh-repeat.test.ts',
      title:
        'A refresh token that is repeated after its successor was used revokes the whole family immediately',
    },
  },
  {
    name: 'window for the repeat of a refresh',
    harm: 'a refresh token that was stolen long ago can still be exchanged',
    workspace: 'subgraphs/user',
    edits: [
      {
        file: 'subgraphs/user/src/sessions/session.repository.ts',
        find: "AND used_at > clock_timestamp() - $2 * interval '1 second'`",
        replace: 'AND $2 > 0`',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/user/test/refresh-repeat.test.ts',
      title:
        'A refresh token that is repeated before its successor was used is rejected after the window, and its whole family is revoked',
    },
  },
  {
    name: 'derived successor of a refresh token',
    harm: 'two tabs that refresh concurrently end the session',
    workspace: 'subgraphs/user',
    edits: [
      {
        file: 'subgraphs/user/src/sessions/session.service.ts',
        find: 'const successor = successorOf(presented, rotation, currentSecret);',
        replace: 'const successor = newRefreshToken();',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/user/test/refresh-repeat.test.ts',
      title:
        'A refresh token that is repeated before its successor was used returns the same successor and the same access token',
    },
  },
  {
    name: 'secret of the successors of refresh tokens',
    harm: 'the valid refresh token can be computed from a used one and the database',
    workspace: 'subgraphs/user',
    edits: [
      {
        file: 'subgraphs/user/src/sessions/refresh-token.ts',
        find: "createHmac('sha256', secret)",
        replace: "createHmac('sha256', secret.subarray(0, 0))",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/user/test/refresh-repeat.test.ts',
      title: 'The successor of a refresh token is not stored, and cannot be computed without the secret',
    },
  },
];
