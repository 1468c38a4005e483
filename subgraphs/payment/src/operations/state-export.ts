import { eventRecords } from '@shop/events/operator';
import { type ExportScope, mergeSorted, type Snapshot, exportState } from '@shop/kit/operator';
import { noProvider } from '../providers/no-provider';
import { changedCharges, simulatorCharges } from '../providers/simulator/simulator-books.repository';
import { changedPayments, paymentRecords, webhookRecords } from './payment-state.repository';
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

/**
 * The `export` command. With `--provider` also Stripe's records: all, or `--since` a time in
 * milliseconds.
 */
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

/**
 * Orders whose payments, refunds or charges are undecided or have changed since; with `--provider`
 * also at Stripe.
 */
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
