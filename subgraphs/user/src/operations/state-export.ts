import { eventRecords } from '@shop/events/operator';
import { exportState } from '@shop/kit/operator';

/** What the user subgraph knows, for reconciliation: it has no share in goods or money. */
export function exportUserState(databaseUrl: string): AsyncGenerator<object> {
  return exportState(databaseUrl, { service: 'user', read: (snapshot) => [eventRecords(snapshot)] });
}
