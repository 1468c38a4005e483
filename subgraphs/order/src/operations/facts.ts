import { eventFacts } from '@shop/events/operator';
import { tellFacts } from '@shop/kit/operator';
import { orderFacts } from './order-facts.repository';

/** What the order subgraph knows, for reconciliation. */
export function facts(databaseUrl: string): AsyncGenerator<object> {
  return tellFacts(databaseUrl, {
    service: 'order',
    read: (snapshot) => [eventFacts(snapshot), orderFacts(snapshot)],
  });
}
