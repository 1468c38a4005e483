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

/** Its products alone: what holds of them holds at every moment, whatever orders are under way. */
export function stockFactsOnly(databaseUrl: string): AsyncGenerator<object> {
  return tellFacts(databaseUrl, { service: 'product', read: (snapshot) => [stockFacts(snapshot)] });
}
