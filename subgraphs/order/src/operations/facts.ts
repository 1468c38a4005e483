import { eventFacts } from '@shop/events/operator';
import { type FactScope, tellFacts } from '@shop/kit/operator';
import { changedOrders, orderFacts } from './order-facts.repository';

/** What the order subgraph knows, for reconciliation. */
export function facts(databaseUrl: string, scope: FactScope = {}): AsyncGenerator<object> {
  return tellFacts(databaseUrl, {
    service: 'order',
    read: (snapshot) => [eventFacts(snapshot), orderFacts(snapshot, scope)],
  });
}

/** Orders that are in progress, overdue, or have changed since. */
export function changes(databaseUrl: string, since: Date): AsyncGenerator<object> {
  return tellFacts(databaseUrl, { service: 'order', read: (snapshot) => [changedOrders(snapshot, since)] });
}
