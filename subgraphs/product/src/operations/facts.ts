import { eventFacts } from '@shop/events/operator';
import { tellFacts } from '@shop/kit/operator';
import { reservationFacts, stockFacts } from './stock-facts.repository';

/** What the product subgraph knows, for reconciliation. */
export function facts(databaseUrl: string): AsyncGenerator<object> {
  return tellFacts(databaseUrl, {
    service: 'product',
    read: (snapshot) => [eventFacts(snapshot), stockFacts(snapshot), reservationFacts(snapshot)],
  });
}
