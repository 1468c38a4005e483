import { eventRecords } from '@shop/events/operator';
import { exportState } from '@shop/kit/operator';

/** For `reconcile`: only events, because the user subgraph has no stock and no payments. */
export function exportUserState(databaseUrl: string): AsyncGenerator<object> {
  return exportState(databaseUrl, { service: 'user', read: (snapshot) => [eventRecords(snapshot)] });
}
