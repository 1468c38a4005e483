import { eventRecords } from '@shop/events/operator';
import { type ExportScope, exportState } from '@shop/kit/operator';
import { changedOrders, orderRecords } from './order-state.repository';

/** Exports the state of the order subgraph for `reconcile`. */
export function exportOrderState(databaseUrl: string, scope: ExportScope = {}): AsyncGenerator<object> {
  return exportState(databaseUrl, {
    service: 'order',
    read: (snapshot) => [eventRecords(snapshot), orderRecords(snapshot, scope)],
  });
}

/** Orders that are in progress, overdue, or have changed since. */
export function changes(databaseUrl: string, since: Date): AsyncGenerator<object> {
  return exportState(databaseUrl, { service: 'order', read: (snapshot) => [changedOrders(snapshot, since)] });
}
