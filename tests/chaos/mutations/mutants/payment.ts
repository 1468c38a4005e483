import type { Mutant } from '../mutant';

export const paymentMutants: readonly Mutant[] = [
  {
    name: "attempt's key at the provider",
    harm: 'an attempt whose response was lost is charged again',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/payment/payment.entity.ts',
        find: 'key: payment.providerKey,',
        replace: 'key: `${payment.providerKey}:${crypto.randomUUID()}`,',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/inquiry.test.ts',
      title: 'An attempt whose response was lost is UNKNOWN, then SUCCEEDED, with one charge at the provider',
    },
  },
  {
    name: 'one live payment per order',
    harm: 'an order is charged by two attempts',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/migrations/1795800000000-wait-for-authentication.ts',
        find: '{ unique: true }',
        replace: '{ unique: false }',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/charge.test.ts',
      title: 'createPaymentIntent charges once when called concurrently for 20 attempts of one order',
    },
  },
  {
    name: 'provider call of a manual settlement',
    harm: 'an operator settles as failed a payment that the provider has charged',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/settlement/manual-settlement.service.ts',
        find: "FAILED: new Set<ProviderResponse>(['cancelled', 'declined']),",
        replace: "FAILED: new Set<ProviderResponse>(['cancelled', 'declined', 'succeeded']),",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/manual-settlement.test.ts',
      title:
        'payments settle --as failed is rejected if the provider has charged: the error says to settle it as succeeded',
    },
  },
  {
    name: 'decisions are final',
    harm: 'a late result overwrites the decision of a payment',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/payment/payment.repository.ts',
        find: 'WHERE id = $1 AND ${isUndecided} AND ($6::integer IS NULL OR visits = $6)',
        replace: 'WHERE id = $1 AND ($6::integer IS NULL OR visits >= 0)',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/slow-first-call.test.ts',
      title:
        'A first call that is rejected after an inquiry does not change the result of the inquiry: sim_success stays SUCCEEDED',
    },
  },
  {
    name: 'closing at the limit for an authentication',
    harm: 'an order is cancelled although its customer can still be charged',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/charge/provider-calls.ts',
        find: 'return toResultOfWaiting(await provider.cancel(request));',
        replace: "return toResultOfWaiting({ ...found, state: 'cancelled' });",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/authentication.test.ts',
      title:
        'A customer who does not authenticate within PAYMENT_ACTION_SECONDS has a FAILED payment, after its key was closed at the provider',
    },
  },
  {
    name: 'outdated results are discarded',
    harm: 'an outdated result restores REQUIRES_ACTION after the authentication has ended',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/charge/payment-decision.service.ts',
        find: 'const visits = isFinal(result, by) ? null : payment.visits;',
        replace: "const visits = isFinal(result, by) || result.state !== 'not_sent' ? null : payment.visits;",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/slow-first-call.test.ts',
      title:
        'A response that requires an authentication is discarded once an inquiry has found the charge processing',
    },
  },
  {
    name: 'owner of a client secret',
    harm: 'an admin can complete the payment of a customer',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/charge/next-action.service.ts',
        find: "viewer.kind === 'user' && viewer.userId === payment.userId",
        replace: "viewer.kind === 'user'",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/authentication.test.ts',
      title:
        'A payment whose customer must authenticate is REQUIRES_ACTION, and returns nextAction to its customer only',
    },
  },
  {
    name: 'signature of a webhook',
    harm: 'forged webhooks are accepted',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/providers/simulator/simulator-webhook.ts',
        find: 'if (matches.length === 0)',
        replace: 'if (matches.length > signatures.length)',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/webhooks.test.ts',
      title: 'A webhook is rejected signed with another secret: 400',
    },
  },
];
