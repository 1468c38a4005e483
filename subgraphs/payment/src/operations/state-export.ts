import { eventRecords } from '@shop/events/operator';
import {
  type ExportScope,
  exportState,
  mergeSorted,
  scopeParameters,
  type Snapshot,
  scopeCondition,
} from '@shop/kit/operator';
import { undecidedPayments } from '../payment/payment.repository';
import { noProvider } from '../providers/providers';
import { changedCharges, simulatorCharges } from '../providers/simulator/simulator-books.repository';
import { pendingRefunds } from '../refund/refund.repository';
import { unprocessedWebhooks } from '../webhooks/webhook.repository';
import { changedAtStripe, openStripeBooks, type StripeRecords, withStripeRecords } from './stripe-state';
import { waitingProviders } from './waiting-providers.repository';

/** Exports the state of the payment subgraph, and the charges at its providers, for `reconcile`. */
export function exportPaymentState(
  databaseUrl: string,
  scope: ExportScope = {},
  stripe?: StripeRecords,
): AsyncGenerator<object> {
  return exportState(databaseUrl, {
    service: 'payment',
    ...(stripe ? { asOfMs: stripe.asOfMs } : {}),
    read: (snapshot) => [
      readBooks(stripe ? ['simulator', 'stripe'] : ['simulator']),
      eventRecords(snapshot),
      webhookRecords(snapshot),
      providerRecords(snapshot),
      mergeSorted<{ orderId: string }>(
        [
          paymentRecords(snapshot, scope),
          simulatorCharges(snapshot, scope),
          ...(stripe ? [stripe.charges] : []),
        ],
        ({ orderId }) => orderId,
      ),
    ],
  });
}

/** The `export` command. `--provider`: also Stripe's records, all or `--since` milliseconds. */
export function exportWithProviders(
  databaseUrl: string,
  scope: ExportScope,
  args: readonly string[],
): AsyncGenerator<object> {
  const books = args.includes('--provider') ? openStripeBooks() : undefined;
  if (!books) return exportPaymentState(databaseUrl, scope);
  const at = args.indexOf('--since');
  const since = at < 0 ? null : new Date(Number(args[at + 1]));
  return withStripeRecords(books, { databaseUrl, scope, since }, (stripe) =>
    exportPaymentState(databaseUrl, scope, stripe),
  );
}

/** Orders with undecided or changed payments, refunds or charges; `--provider`: also at Stripe. */
export function changes(
  databaseUrl: string,
  since: Date,
  args: readonly string[] = [],
): AsyncGenerator<object> {
  const books = args.includes('--provider') ? openStripeBooks() : undefined;
  return exportState(databaseUrl, {
    service: 'payment',
    read: (snapshot) => [
      changedPayments(snapshot, since),
      changedCharges(snapshot, since),
      ...(books ? [changedAtStripe(books, since)] : []),
    ],
  });
}

function providerRecords(snapshot: Snapshot): AsyncGenerator<object> {
  return snapshot.rows(
    `/* WaitingProviders.records */ SELECT 'provider' AS kind, waiting.* FROM (${waitingProviders}) AS waiting`,
  );
}

/** Names the providers whose charges are part of the output. */
async function* readBooks(providers: readonly string[]) {
  // Providers have no record of an amount of 0: the records of `none` are always empty.
  for (const provider of [...providers, noProvider.name]) yield { kind: 'books', provider };
}

// The records have the shapes that `reconcile` checks: operations/src/state/state-record.ts.

/** Payments with their refunds, sorted by order. `sinceMs`: the last change of either status. */
function paymentRecords(snapshot: Snapshot, scope: ExportScope): AsyncGenerator<{ orderId: string }> {
  return snapshot.rows(
    `/* PaymentRecords.payments */
     SELECT 'payment' AS kind, order_id AS "orderId", payments.id AS "paymentId", payments.status,
            amount_cents::float8 AS "amountCents", currency, provider, payments.provider_key AS "providerKey",
            CASE WHEN payment_id IS NOT NULL THEN jsonb_build_object(
              'status', refunds.status, 'failureCode', refunds.failure_code, 'isDefinite', is_definite,
              'isSettled', settled_at IS NOT NULL,
              'nextTryAtMs', (extract(epoch FROM refunds.due_at) * 1000)::float8) END AS refund,
            (extract(epoch FROM payments.created_at) * 1000)::float8 AS "createdAtMs",
            (extract(epoch FROM greatest(payments.updated_at, refunds.updated_at)) * 1000)::float8 AS "sinceMs"
       FROM payments LEFT JOIN refunds ON refunds.payment_id = payments.id
      WHERE ${scopeCondition('order_id')}
      ORDER BY order_id, attempt`,
    scopeParameters(scope),
  );
}

/** Orders whose payment or refund is unfinished or has changed since; may contain duplicates. */
export function changedPayments(snapshot: Snapshot, since: Date): AsyncGenerator<{ orderId: string }> {
  return snapshot.rows(
    `/* PaymentRecords.changed */
     SELECT 'changed' AS kind, order_id AS "orderId" FROM payments WHERE ${undecidedPayments}
     UNION ALL
     SELECT 'changed', order_id FROM payments WHERE updated_at >= $1
     UNION ALL
     SELECT 'changed', order_id
       FROM (SELECT payment_id FROM refunds WHERE ${pendingRefunds}
             UNION ALL
             SELECT payment_id FROM refunds WHERE status = 'FAILED'
             UNION ALL
             SELECT payment_id FROM refunds WHERE updated_at >= $1) AS changed
       JOIN payments ON payments.id = payment_id`,
    [since],
  );
}

/** Webhooks that were stored and not processed. */
export function webhookRecords(snapshot: Snapshot): AsyncGenerator<object> {
  return snapshot.rows(
    `/* PaymentRecords.webhooks */
     SELECT 'webhook' AS kind, provider, id AS "webhookId", type,
            (extract(epoch FROM received_at) * 1000)::float8 AS "sinceMs"
       FROM webhooks WHERE ${unprocessedWebhooks} ORDER BY received_at`,
  );
}
