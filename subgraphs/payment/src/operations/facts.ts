import { eventFacts } from '@shop/events/operator';
import { type FactScope, mergeSorted, type Snapshot, tellFacts } from '@shop/kit/operator';
import { noProvider } from '../providers/no-provider';
import { changedCharges, simulatorCharges } from '../providers/simulator/simulator-books.repository';
import { changedPayments, paymentFacts } from './payment-facts.repository';
import { type WaitingProvider, waitingProviders } from './waiting-providers.repository';
import { webhookFacts } from './webhook-facts.repository';

/** What the payment subgraph knows, and the providers whose books it can read, for reconciliation. */
export function facts(databaseUrl: string, scope: FactScope = {}): AsyncGenerator<object> {
  return tellFacts(databaseUrl, {
    service: 'payment',
    read: (snapshot) => [
      readBooks(),
      eventFacts(snapshot),
      webhookFacts(snapshot),
      providerFacts(snapshot),
      mergeSorted<{ orderId: string }>(
        [paymentFacts(snapshot, scope), simulatorCharges(snapshot, scope)],
        ({ orderId }) => orderId,
      ),
    ],
  });
}

/** Orders whose payments, refunds or charges are undecided or have changed since. */
export function changes(databaseUrl: string, since: Date): AsyncGenerator<object> {
  return tellFacts(databaseUrl, {
    service: 'payment',
    read: (snapshot) => [changedPayments(snapshot, since), changedCharges(snapshot, since)],
  });
}

function providerFacts(snapshot: Snapshot): AsyncGenerator<WaitingProvider> {
  return snapshot.rows<WaitingProvider>(
    `/* WaitingProviders.facts */ SELECT 'provider' AS kind, waiting.* FROM (${waitingProviders}) AS waiting`,
  );
}

/**
 * Only the simulator's books are at hand: a real provider's would have to be listed over its API. Those of `none`, which
 * never holds money, are empty.
 */
async function* readBooks() {
  yield { kind: 'books', provider: 'simulator' };
  yield { kind: 'books', provider: noProvider.name };
}
