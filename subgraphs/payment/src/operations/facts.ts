import { eventFacts } from '@shop/events/operator';
import { type FactScope, mergeSorted, type Snapshot, tellFacts } from '@shop/kit/operator';
import { noProvider } from '../providers/no-provider';
import { changedCharges, simulatorCharges } from '../providers/simulator/simulator-books.repository';
import { changedPayments, paymentFacts, webhookFacts } from './payment-facts.repository';
import { changedAtStripe, openStripeBooks, type StripeFacts, withStripeFacts } from './stripe-facts';
import { waitingProviders } from './waiting-providers.repository';

/** What the payment subgraph knows, and the providers whose books it can read, for reconciliation. */
export function facts(
  databaseUrl: string,
  scope: FactScope = {},
  stripe?: StripeFacts,
): AsyncGenerator<object> {
  return tellFacts(databaseUrl, {
    service: 'payment',
    ...(stripe ? { asOfMs: stripe.asOfMs } : {}),
    read: (snapshot) => [
      readBooks(stripe ? ['simulator', 'stripe'] : ['simulator']),
      eventFacts(snapshot),
      webhookFacts(snapshot),
      providerFacts(snapshot),
      mergeSorted<{ orderId: string }>(
        [
          paymentFacts(snapshot, scope),
          simulatorCharges(snapshot, scope),
          ...(stripe ? [stripe.charges] : []),
        ],
        ({ orderId }) => orderId,
      ),
    ],
  });
}

/** The `facts` command. With `--provider` also Stripe's records: all, or `--since` a time in milliseconds. */
export function factsWithProviders(
  databaseUrl: string,
  scope: FactScope,
  args: readonly string[],
): AsyncGenerator<object> {
  const books = args.includes('--provider') ? openStripeBooks() : undefined;
  if (!books) return facts(databaseUrl, scope);
  const at = args.indexOf('--since');
  const since = at < 0 ? null : new Date(Number(args[at + 1]));
  return withStripeFacts(books, { databaseUrl, scope, since }, (stripe) => facts(databaseUrl, scope, stripe));
}

/** Orders whose payments, refunds or charges are undecided or have changed since; with `--provider` also at Stripe. */
export function changes(
  databaseUrl: string,
  since: Date,
  args: readonly string[] = [],
): AsyncGenerator<object> {
  const books = args.includes('--provider') ? openStripeBooks() : undefined;
  return tellFacts(databaseUrl, {
    service: 'payment',
    read: (snapshot) => [
      changedPayments(snapshot, since),
      changedCharges(snapshot, since),
      ...(books ? [changedAtStripe(books, since)] : []),
    ],
  });
}

function providerFacts(snapshot: Snapshot): AsyncGenerator<object> {
  return snapshot.rows(
    `/* WaitingProviders.facts */ SELECT 'provider' AS kind, waiting.* FROM (${waitingProviders}) AS waiting`,
  );
}

/** Names the providers whose charges are part of the output. */
async function* readBooks(providers: readonly string[]) {
  // Providers have no record of an amount of 0: the records of `none` are always empty.
  for (const provider of [...providers, noProvider.name]) yield { kind: 'books', provider };
}
