import { eventFacts } from '@shop/events/operator';
import { tellFacts } from '@shop/kit/operator';

/** What the user subgraph knows, for reconciliation: it has no share in goods or money. */
export function facts(databaseUrl: string): AsyncGenerator<object> {
  return tellFacts(databaseUrl, { service: 'user', read: (snapshot) => [eventFacts(snapshot)] });
}
