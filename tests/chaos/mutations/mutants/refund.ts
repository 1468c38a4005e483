import type { Mutant } from '../mutant';

export const refundMutants: readonly Mutant[] = [
  {
    name: 'a refund key for each round',
    harm: 'a failed refund can never be retried, because the provider returns the first failure again',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/refund/refund.repository.ts',
        find: 'provider_key = CASE WHEN is_definite',
        replace: 'provider_key = CASE WHEN is_definite AND round < 0',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/refund-progress.test.ts',
      title: 'A refund that the provider fails is retried by an operator under a new key in each round',
    },
  },
  {
    name: 'the refund key of an unknown outcome',
    harm: 'a refund that was already made is repeated under another key',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/refund/refund.repository.ts',
        find: 'provider_key = CASE WHEN is_definite',
        replace: 'provider_key = CASE WHEN true',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/refund-progress.test.ts',
      title:
        'A refund that the provider does not confirm and was given up keeps its key when an operator retries it: a refund that was made is found',
    },
  },
  {
    name: 'late failure of a refund',
    harm: 'a refund that failed after it succeeded is ignored, and the customer never gets the money',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/refund/refund.repository.ts',
        find: "AND (status <> 'FAILED' OR ($5 AND NOT is_definite))",
        replace: "AND (status = 'PENDING' OR ($5 AND NOT is_definite AND status <> 'SUCCEEDED'))",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/refund-progress.test.ts',
      title: 'A refund that the provider fails after it succeeded is FAILED, and the payment SUCCEEDED again',
    },
  },
  {
    name: 'backoff of a refund',
    harm: 'the provider is called for a pending refund without backoff',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/refund/refund-progress.service.ts',
        find: 'baseMs: 5_000, capMs: 3_600_000',
        replace: 'baseMs: 5_000, capMs: 5_000',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/refund-progress.test.ts',
      title:
        'A refund that the provider does not confirm and that is pending is retried after 5 s, 10 s, 20 s … 1 h, less up to half of it',
    },
  },
  {
    name: 'latest result of a refund',
    harm: 'a late result of an older attempt overwrites the failure of a refund',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/refund/refund.repository.ts',
        find: 'payment_id = $1 AND revision = $2 AND tries = $3 AND settled_at IS NULL',
        replace:
          'payment_id = $1 AND $2::integer IS NOT NULL AND $3::integer IS NOT NULL AND settled_at IS NULL',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/refund-progress.test.ts',
      title:
        'Concurrent tries of a refund store only the result of the latest: a late result of an older one is discarded',
    },
  },
];
