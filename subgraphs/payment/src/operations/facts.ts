import { eventFacts } from '@shop/events/operator';
import { mergeSorted, tellFacts } from '@shop/kit/operator';
import { simulatorCharges } from '../providers/simulator/simulator-books.repository';
import { paymentFacts } from './payment-facts.repository';
import { webhookFacts } from './webhook-facts.repository';

/** What the payment subgraph knows, and the providers whose books it can read, for reconciliation. */
export function facts(databaseUrl: string): AsyncGenerator<object> {
  return tellFacts(databaseUrl, {
    service: 'payment',
    read: (snapshot) => [
      readBooks(),
      eventFacts(snapshot),
      webhookFacts(snapshot),
      mergeSorted<{ orderId: string }>(
        [paymentFacts(snapshot), simulatorCharges(snapshot)],
        ({ orderId }) => orderId,
      ),
    ],
  });
}

/** Only the simulator's books are at hand: a real provider's would have to be listed over its API. */
async function* readBooks() {
  yield { kind: 'books', provider: 'simulator' };
}
