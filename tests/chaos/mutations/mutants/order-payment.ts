import type { Mutant } from '../mutant';

export const orderPaymentMutants: readonly Mutant[] = [
  {
    name: 'payment attempts of an order',
    harm: 'an order has more payment attempts than the query cost of their list assumes',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/state/order-transition.ts',
        find: 'attempt - unreachableAttempts < maximumAttempts;',
        replace: 'attempt - unreachableAttempts < 100 * maximumAttempts;',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/pay-order.test.ts',
      title:
        'payOrder returns TooManyPaymentAttempts after 10 attempts, charges nothing, and the key replays the result',
    },
  },
  {
    name: 'hold of a declined order',
    harm: 'with PAYMENT_DECLINE=retry, an order can be paid after its stock was released',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/steps/order-saga.ts',
        find: "      case 'PAYING':\n        return payStep.take(order, by);",
        replace:
          "      case 'PAYING': {\n        const taken = await payStep.take(order, by);\n        if (taken.outcome?.kind === 'DECLINED') await products.releaseStock(order.id);\n        return taken;\n      }",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/payment-decline.test.ts',
      title:
        'payOrder with PAYMENT_DECLINE=retry leaves the order PENDING after a decline, with the same reservation and the same expiresAt',
    },
  },
  {
    name: 'limits of a declined order',
    harm: 'with PAYMENT_DECLINE=retry, an order stays payable after its last attempt or its expiry',
    workspace: 'subgraphs/order',
    edits: [
      {
        file: 'subgraphs/order/src/order/state/order-transition.ts',
        find: 'retry && canBePaid({ attempt, unreachableAttempts }, retry)',
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
    name: 'stored outcome of a decided attempt',
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
    harm: 'the charge of a cancelled order is not refunded',
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
      title: 'payment.succeeded for an order that was cancelled in the meantime causes a refund',
    },
  },
  {
    name: 'release of stock before the refund ends',
    harm: 'a pending or failed refund keeps stock reserved',
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
        'The stock of a cancelled order is released even if the refund fails, and the timeline shows the reason',
    },
  },
];
