import type { Mutant } from '../mutant';

export const orderMutants: readonly Mutant[] = [
  {
    name: 'version of an order',
    harm: 'two concurrent processes both change the same version of an order',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/persistence/move-statement.ts',
        find: 'AND orders.version = ${version}',
        replace: 'AND ${version}::integer >= 0',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/order-versions.test.ts',
      title: 'A change of an order is written once by concurrent processes that have read the same version',
    },
  },
  {
    name: 'expiry in the write',
    harm: 'a slow process pays an order that has expired in the meantime',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/persistence/move-statement.ts',
        find: "return ` AND ${isOverdue ? '' : 'NOT '}(${hasExpired('orders')})`;",
        replace: "return ` AND (${isOverdue ? '' : 'NOT '}(${hasExpired('orders')}) OR true)`;",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/order-versions.test.ts',
      title: 'A change of an order does not pay an order that expired after it was read',
    },
  },
  {
    name: 'claim of a key with the change',
    harm: 'a key that is used for two orders concurrently pays both',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/persistence/move-statement.ts',
        find: "move.claim ? ' AND EXISTS (SELECT FROM claimed)' : ''",
        replace: "move.claim ? ' AND EXISTS (SELECT FROM current)' : ''",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/order-versions.test.ts',
      title: 'A key that is claimed with a change changes nothing if it was used',
    },
  },
  {
    name: 'time to pay',
    harm: 'an expired order is paid while its stock is released',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/state/order-transition.ts',
        find: 'return !isOverdue && attempt - unreachableAttempts',
        replace: 'return (!isOverdue || attempt >= 0) && attempt - unreachableAttempts',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/expiry.test.ts',
      title: 'an expired order cannot be paid, even before the poller has cancelled it',
    },
  },
  {
    name: "lock of a customer's open orders",
    harm: 'an account exceeds its limit of held stock by concurrent orders',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/migrations/1795900000001-open-drafts-in-one-statement.ts',
        find: 'PERFORM pg_advisory_xact_lock(',
        replace: 'PERFORM pg_advisory_xact_lock_shared(',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/open-order-limits.test.ts',
      title:
        'createOrder waits for a draft that another process is opening for the same customer, and counts it',
    },
  },
  {
    name: 'own attempt only',
    harm: 'a paused request marks an attempt as unreachable while another request is charging it',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/steps/order-saga.ts',
        find: "return advancer.by === 'request' && attempt !== advancer.attempt;",
        replace: "return advancer.by === 'request' && attempt < 0;",
      },
    ],
    test: {
      project: 'unit',
      file: 'subgraphs/order/src/order/steps/order-saga.test.ts',
      title: 'A payment attempt of a later request is not run by an earlier request that was paused',
    },
  },
  {
    name: 'tombstone of a rejected draft',
    harm: 'a late reservation holds stock without an order',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/state/order-transition.ts',
        find: 'reservation_rejected: () => abandoned,',
        replace: 'reservation_rejected: () => removed,',
      },
      {
        file: 'subgraphs/order/src/order/steps/order-saga.ts',
        find: "recorded.kind === 'moved' ? result : undefined",
        replace: "recorded.kind === 'removed' ? result : undefined",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/late-reservation.test.ts',
      title:
        'A draft whose reservation was rejected reserves nothing when an earlier call arrives late and there is stock again',
    },
  },
  {
    name: 'stored conflict',
    harm: 'a repeated request applies an operation that the first response rejected',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/requests/order-requests.ts',
        find: '!claim || (await keys.claim({ ...claim, ...rejected }));',
        replace: '!claim || rejected.attempt === 0;',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/idempotency.test.ts',
      title:
        'payOrder with an idempotency key replays OrderStateConflict even if the order can be paid by then',
    },
  },
];
