import type { Mutant } from '../mutant';

export const kitMutants: readonly Mutant[] = [
  {
    name: 'expiry of a cached service credential',
    harm: 'a captured service credential is accepted after it expired',
    workspace: 'packages/kit',
    edits: [
      {
        file: 'packages/kit/src/auth/service-credential.ts',
        find: 'if (known && Date.now() < known.validUntilMs)',
        replace: 'if (known)',
      },
    ],
    test: {
      project: 'unit',
      file: 'packages/kit/src/auth/service-credential.test.ts',
      title:
        'service credentials that were captured are rejected two minutes after they were signed, also by a service that accepted them before',
    },
  },
  {
    name: 'maximum lifetime of a service credential',
    harm: 'a stolen service key can sign a credential that is valid for years',
    workspace: 'packages/kit',
    edits: [
      {
        file: 'packages/kit/src/auth/service-credential.ts',
        find: 'if (exp - iat > lifetimeSeconds)',
        replace: 'if (exp - iat > 1_000_000 * lifetimeSeconds)',
      },
    ],
    test: {
      project: 'unit',
      file: 'packages/kit/src/auth/service-credential.test.ts',
      title: 'service credentials that were captured and have a lifetime of 3600 s have the caller undefined',
    },
  },
  {
    name: 'audience of a service credential',
    harm: 'a compromised subgraph can call other subgraphs with the credentials of its callers',
    workspace: 'packages/kit',
    edits: [
      {
        file: 'packages/kit/src/auth/service-credential.ts',
        find: 'audience: target,\n      ignoreExpiration',
        replace: 'audience: [target, /./],\n      ignoreExpiration',
      },
    ],
    test: {
      project: 'unit',
      file: 'packages/kit/src/auth/service-credential.test.ts',
      title: 'service credentials are rejected by another target',
    },
  },
  {
    name: 'owner of an order',
    harm: 'users can read the orders of other users',
    workspace: 'packages/access',
    edits: [
      {
        file: 'packages/access/src/index.ts',
        find: "(viewer.role === 'ADMIN' || viewer.userId === ownerId)",
        replace: "(viewer.role === 'ADMIN' || ownerId !== '')",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/visibility.test.ts',
      title: 'An order is visible to its owner and to an ADMIN, and null for others',
    },
  },
];
