import type { Mutant } from '../mutant';

export const orderMutants: readonly Mutant[] = [
  {
    name: 'version of an order',
    harm: 'two decisions about an order are made at once',
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
      title: 'A change of an order is written once by many processes that have read the same version',
    },
  },
  {
    name: 'expiry in the write',
    harm: 'a slow process pays an order that has expired since',
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
      title: 'A change of an order pays no order that expired after it was read',
    },
  },
  {
    name: 'claim of a key with the change',
    harm: 'a key that is used for two orders at once pays both',
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
      title: 'A key that is claimed with a change changes nothing if it is taken',
    },
  },
  {
    name: 'time to pay',
    harm: 'an order is paid whose stock is about to go',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/state/order-transition.ts',
        find: 'return !isOverdue && attempt - unreached',
        replace: 'return (!isOverdue || attempt >= 0) && attempt - unreached',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/expiry.test.ts',
      title: 'an order that is overdue cannot be paid, even before the poller has cancelled it',
    },
  },
  {
    name: "lock of a customer's open orders",
    harm: 'one account holds more stock than it may by ordering concurrently',
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
    harm: 'a request that stood still gives up what another one is charging',
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
      title: 'An attempt to pay of a later request is left alone by one that stood still meanwhile',
    },
  },
  {
    name: 'tombstone of a refused draft',
    harm: 'a reservation that comes late holds stock for nobody',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/state/order-transition.ts',
        find: 'reservation_refused: () => abandoned,',
        replace: 'reservation_refused: () => removed,',
      },
      {
        file: 'subgraphs/order/src/order/steps/reserve.step.ts',
        find: "recorded.kind === 'moved' ? answer : undefined",
        replace: "recorded.kind === 'removed' ? answer : undefined",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/late-reservation.test.ts',
      title:
        'A draft that was refused holds nothing when an earlier try of its reservation comes late, and there is stock again',
    },
  },
  {
    name: 'memory of a conflict',
    harm: 'what a client was told is not done is done by the repeat',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/requests/order-requests.ts',
        find: '!claim || (await keys.claim({ ...claim, ...refused }));',
        replace: '!claim || refused.attempt === 0;',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/idempotency.test.ts',
      title:
        'payOrder with an idempotency key repeats a state conflict too, even when the order can be paid since',
    },
  },
];
