import { eventRecords } from '@shop/events/operator';
import { type ExportScope, exportState } from '@shop/kit/operator';
import {
  changedReservations,
  countedStockRecords,
  reservationRecords,
  summedStockRecords,
} from './state.repository';

/**
 * Exports reservations and products for reconciliation. Products are always included: from the running
 * sums if only some orders are requested, else counted from every line and ledger entry.
 */
export function exportProductState(databaseUrl: string, scope: ExportScope = {}): AsyncGenerator<object> {
  const stockRecords = scope.ids ? summedStockRecords : countedStockRecords;
  return exportState(databaseUrl, {
    service: 'product',
    read: (snapshot) => [eventRecords(snapshot), stockRecords(snapshot), reservationRecords(snapshot, scope)],
  });
}

/** Orders whose reservation is open or has changed since. */
export function changes(databaseUrl: string, since: Date): AsyncGenerator<object> {
  return exportState(databaseUrl, {
    service: 'product',
    read: (snapshot) => [changedReservations(snapshot, since)],
  });
}

/** Exports the products only. Their invariant holds at any moment, whatever orders are in progress. */
export function exportStockState(databaseUrl: string): AsyncGenerator<object> {
  return exportState(databaseUrl, {
    service: 'product',
    read: (snapshot) => [countedStockRecords(snapshot)],
  });
}
