import type { Mutant } from '../mutant';

export const orderPaymentMutants: readonly Mutant[] = [
  {
    name: 'payment attempts of an order',
    harm: 'one order has any number of payment attempts, and lists of them cost more than their price',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/state/order-transition.ts',
        find: 'attempt - unreached < maximumAttempts;',
        replace: 'attempt - unreached < 100 * maximumAttempts;',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/pay-order.test.ts',
      title:
        'payOrder after 10 attempts is TooManyPaymentAttempts, charges nothing, and the key replays the result',
    },
  },
  {
    name: 'hold of a declined order',
    harm: 'with PAYMENT_DECLINE=retry, an order can be paid whose stock was released',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/steps/order-saga.ts',
        find: "      case 'PAYING':\n        return payStep.take(order, by);",
        replace:
          "      case 'PAYING': {\n        const taken = await payStep.take(order, by);\n        if (taken.finding?.kind === 'DECLINED') await products.releaseStock(order.id);\n        return taken;\n      }",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/payment-decline.test.ts',
      title:
        'payOrder with PAYMENT_DECLINE=retry after a decline leaves the order PENDING with the same reservation and the same expiresAt',
    },
  },
  {
    name: 'limits of a declined order',
    harm: 'with PAYMENT_DECLINE=retry, an order stays payable after its last attempt or its expiry',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/state/order-transition.ts',
        find: 'retry && canBePaid({ attempt, unreached }, retry)',
        replace: 'retry !== null',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/payment-decline.test.ts',
      title:
        'payOrder with PAYMENT_DECLINE=retry cancels the order with PAYMENT_FAILED when the attempts are used up',
    },
  },
  {
    name: 'memory of a decided attempt',
    harm: 'a key whose payment was undecided never returns the decline',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/persistence/idempotency-key.repository.ts',
        find: "CASE WHEN outcome->>'kind' <> 'UNDECIDED' THEN outcome ELSE ${parameter}::jsonb END",
        replace: 'COALESCE(outcome, ${parameter}::jsonb)',
      },
      {
        file: 'subgraphs/order/src/order/requests/pay-order.service.ts',
        find: "if (order.attempt !== attempt) return 'DECLINED';\n  if (order.step === 'PAYING') return 'UNDECIDED';",
        replace: "if (order.attempt !== attempt || order.status === 'PENDING') return 'UNDECIDED';",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/payment-decline.test.ts',
      title:
        'payOrder with PAYMENT_DECLINE=retry returns PaymentDeclined for a key that returned PaymentPending once its attempt is declined, even after a later attempt succeeds',
    },
  },
  {
    name: 'refund of a late payment',
    harm: 'the money for a cancelled order is kept',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/state/order-transition.ts',
        find: 'payment_succeeded({ attempt, paymentId, reason }, input) {\n    if (input.paymentId === paymentId) return unchanged;',
        replace:
          'payment_succeeded({ attempt, paymentId, reason }, input) {\n    if (input.paymentId === paymentId || attempt >= 0) return unchanged;',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/payment-events.test.ts',
      title: 'payment.succeeded for an order that is cancelled by then leads to a refund',
    },
  },
  {
    name: 'stock that does not wait for a refund',
    harm: 'a refund that is pending or failed holds stock that can be sold',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/state/order-transition.ts',
        find: '    refund_started: refundAccepted,\n',
        replace: '',
      },
      {
        file: 'subgraphs/order/src/order/state/order-transition.ts',
        find: '    refund_failed: refundAccepted,\n',
        replace: '',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/refund.test.ts',
      title:
        'The stock of a cancelled order is released even if its refund fails, and the timeline shows why',
    },
  },
];
