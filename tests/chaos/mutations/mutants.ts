import type { Mutant } from './mutant';

/** One entry per guard of money, stock or identity. Several edits are layers of one guard: each alone would hide the others' loss. */
export const mutants: readonly Mutant[] = [
  {
    name: 'stock condition',
    harm: 'more is sold than there is',
    workspace: 'subgraphs/product',
    edits: [
      {
        file: 'subgraphs/product/src/migrations/1795900000020-reserve-in-one-statement.ts',
        find: 'WHERE products.id = locked.id AND stock >= quantities[position]',
        replace: 'WHERE products.id = locked.id',
      },
      {
        file: 'subgraphs/product/src/migrations/1764000000000-create-catalogue.ts',
        find: 'CHECK (stock >= 0)',
        replace: 'CHECK (stock > -1000)',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/product/test/reservation-races.test.ts',
      title: 'many reservations at once of 40 buyers for a stock of 10, exactly 10 hold something',
    },
  },
  {
    name: 'running sum of reserved units',
    harm: 'a loss of stock is not noticed, or one is reported that there is not',
    workspace: 'subgraphs/product',
    edits: [
      {
        file: 'subgraphs/product/src/migrations/1795700000000-keep-stock-sums.ts',
        find: 'PERFORM add_to_stock_sums(product_id, sign * quantity, 0) FROM reservation_lines WHERE order_id = NEW.order_id;',
        replace: '-- forgotten',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/product/test/stock-sums.test.ts',
      title:
        'The running sums of the stock equal the records after concurrent reservations, releases and adjustments',
    },
  },
  {
    name: 'closed reservation',
    harm: 'a reserve that comes after the release holds stock for nobody',
    workspace: 'subgraphs/product',
    edits: [
      {
        file: 'subgraphs/product/src/migrations/1795900000020-reserve-in-one-statement.ts',
        find: "VALUES (reserved_order, 'HELD') ON CONFLICT DO NOTHING",
        replace: "VALUES (reserved_order, 'HELD') ON CONFLICT (order_id) DO UPDATE SET status = 'HELD'",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/product/test/reservations.test.ts',
      title: 'reservations releaseStock closes the order for good: a reserve that comes late holds nothing',
    },
  },
  {
    name: 'inbox',
    harm: 'an event that is delivered twice has its effect twice',
    workspace: 'packages/events',
    edits: [
      {
        file: 'packages/events/src/inbox/consume-events.ts',
        find: 'const unseen = events.filter(({ id }) => newIds.has(id));',
        replace: 'const unseen = newIds.size < 0 ? [] : events;',
      },
    ],
    test: {
      project: 'integration',
      file: 'packages/events/test/events-route.test.ts',
      title: 'POST /events has its effect once, however often and however parallel an event is delivered',
    },
  },
  {
    name: 'dead-letter threshold',
    harm: 'an event that is always refused is retried without end, and no operator sees it',
    workspace: 'packages/events',
    edits: [
      {
        file: 'packages/events/src/outbox/relay.ts',
        find: 'failures + 1 >= policy.maximumFailures',
        replace: 'failures >= policy.maximumFailures * 1_000',
      },
    ],
    test: {
      project: 'integration',
      file: 'packages/events/test/http-event-bus.test.ts',
      title:
        'The HTTP event bus makes an event that failed 10 times a dead letter while others pass, and delivers it when it is replayed',
    },
  },
  {
    name: "attempt's key at the provider",
    harm: 'an attempt whose answer was lost is charged again',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/providers/charge-request.ts',
        find: 'key: payment.providerKey,',
        replace: 'key: `${payment.providerKey}:${crypto.randomUUID()}`,',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/settlement.test.ts',
      title:
        'An attempt whose answer was lost is UNKNOWN, then found succeeded, with one charge at the provider',
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
      title: 'createPaymentIntent 20 times at once with different attempts of one order charges once',
    },
  },
  {
    name: 'manual settlement asks the provider',
    harm: 'an operator declares a payment failed that the provider has charged',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/settlement/manual-settlement.service.ts',
        find: "FAILED: new Set<ProviderAnswer>(['cancelled', 'declined']),",
        replace: "FAILED: new Set<ProviderAnswer>(['cancelled', 'declined', 'succeeded']),",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/manual-settlement.test.ts',
      title:
        'payments settle --as failed is refused if the provider has charged: the error says to settle it as succeeded',
    },
  },
  {
    name: 'what is decided stays so',
    harm: 'a late answer overwrites the verdict of a payment',
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
        'A first call that is refused only after the settlement has called, too leaves the settlement its word: sim_success stays SUCCEEDED',
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
        'A customer who does not authenticate within PAYMENT_ACTION_SECONDS has a FAILED payment, whose key was closed at the provider before',
    },
  },
  {
    name: 'answers that are not final are dropped once the provider was called again',
    harm: 'an old answer restores REQUIRES_ACTION after the authentication has ended',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/charge/verdict.service.ts',
        find: 'const visits = isFinal(result, by) ? null : payment.visits;',
        replace: "const visits = isFinal(result, by) || result.state !== 'not_sent' ? null : payment.visits;",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/payment/test/slow-first-call.test.ts',
      title:
        'An answer that the customer must authenticate is out of date once the settlement has found the charge processing',
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
        'A payment whose customer must authenticate is REQUIRES_ACTION, and shows nextAction to its customer only',
    },
  },
  {
    name: 'signature of a webhook',
    harm: 'anybody says what was paid',
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
      title: 'A webhook is refused signed with another secret: 400',
    },
  },
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
        find: 'payment_succeeded({ attempt, paymentId, reason }, fact) {\n    if (fact.paymentId === paymentId) return unchanged;',
        replace:
          'payment_succeeded({ attempt, paymentId, reason }, fact) {\n    if (fact.paymentId === paymentId || attempt >= 0) return unchanged;',
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/payment-events.test.ts',
      title: 'payment.succeeded for an order that is cancelled by then leads to a refund',
    },
  },
  {
    name: 'a refund key for each round',
    harm: 'a failed refund can never be retried: the provider repeats its first failure',
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
    harm: 'a refund that was made is made again under another key',
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
    harm: 'a pending refund calls the provider forever and without backoff',
    workspace: 'subgraphs/payment',
    edits: [
      {
        file: 'subgraphs/payment/src/refund/refund-outcome.ts',
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
    name: 'latest answer about a refund',
    harm: 'a late answer to an older try overwrites the failure of a refund',
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
        'Concurrent tries of a refund store only the answer to the latest: a late answer to an older one is dropped',
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
        'createOrder never gives a customer more than 10 open orders, with 20 concurrent requests to two processes',
    },
  },
  {
    name: 'lock of a session',
    harm: 'a session that is being revoked is refreshed',
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
      title: 'refreshSession waits for a revocation that is under way, and is refused then',
    },
  },
  {
    name: 'one use of a refresh token',
    harm: 'a stolen refresh token goes on beside its owner’s',
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
        'A refresh token that is repeated before its successor was used rotates once for 50 concurrent uses in two processes, and returns 50 equal answers',
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
    harm: 'a refresh token that was stolen long ago is exchanged',
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
    harm: 'whoever reads the database and holds a used refresh token computes the one that is valid',
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
  {
    name: 'other sessions after a change of the password',
    harm: 'whoever had the old password stays logged in',
    workspace: 'subgraphs/user',
    edits: [
      {
        file: 'subgraphs/user/src/sessions/session.repository.ts',
        find: 'WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL',
        replace: 'WHERE user_id = $1 AND id <> $2 AND revoked_at IS NOT NULL',
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
    harm: 'of two concurrent changes the later one wins with a password that is not valid any more',
    workspace: 'subgraphs/user',
    edits: [
      {
        file: 'subgraphs/user/src/accounts/user.repository.ts',
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
    harm: 'a login with the old password outlives its change',
    workspace: 'subgraphs/user',
    edits: [
      {
        file: 'subgraphs/user/src/accounts/user.repository.ts',
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
    harm: 'a stolen access token guesses the password without a limit',
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
    harm: 'an account has an easily guessed password',
    workspace: 'subgraphs/user',
    edits: [
      {
        file: 'subgraphs/user/src/passwords/new-password-rule.ts',
        find: 'if (commonPasswords.has(lowerCase) && !allowed',
        replace: 'if (commonPasswords.has(`${lowerCase} `) && !allowed',
      },
    ],
    test: {
      project: 'unit',
      file: 'subgraphs/user/src/passwords/new-password-rule.test.ts',
      title: 'A new password that is on the list of common ones is rejected',
    },
  },
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
    harm: 'a copied service key signs a credential that is valid for years',
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
    harm: 'a subgraph that was broken into calls others in the name of its callers',
    workspace: 'packages/kit',
    edits: [
      {
        file: 'packages/kit/src/auth/service-credential.ts',
        find: 'audience: callee,\n      ignoreExpiration',
        replace: 'audience: [callee, /./],\n      ignoreExpiration',
      },
    ],
    test: {
      project: 'unit',
      file: 'packages/kit/src/auth/service-credential.test.ts',
      title: 'service credentials are worth nothing at another callee',
    },
  },
  {
    name: 'owner of an order',
    harm: 'orders are read by others',
    workspace: 'packages/kit',
    edits: [
      {
        file: 'packages/kit/src/auth/viewer.ts',
        find: "(viewer.role === 'ADMIN' || viewer.userId === ownerId)",
        replace: "(viewer.role === 'ADMIN' || ownerId !== '')",
      },
    ],
    test: {
      project: 'integration',
      file: 'subgraphs/order/test/visibility.test.ts',
      title: 'An order is seen by its owner and by an ADMIN; to anybody else it does not exist',
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
