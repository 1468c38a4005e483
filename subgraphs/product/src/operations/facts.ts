import { eventFacts } from '@shop/events/operator';
import { type FactScope, tellFacts } from '@shop/kit/operator';
import { changedReservations, reservationFacts } from './reservation-facts.repository';
import { countedStockFacts, summedStockFacts } from './stock-facts.repository';

/**
 * Exports reservations and products for reconciliation. Products are always included: from the running
 * sums if only some orders are requested, else counted from every line and ledger entry.
 */
export function facts(databaseUrl: string, scope: FactScope = {}): AsyncGenerator<object> {
  const stockFacts = scope.orderIds ? summedStockFacts : countedStockFacts;
  return tellFacts(databaseUrl, {
    service: 'product',
    read: (snapshot) => [eventFacts(snapshot), stockFacts(snapshot), reservationFacts(snapshot, scope)],
  });
}

/** Orders whose reservation is open or has changed since. */
export function changes(databaseUrl: string, since: Date): AsyncGenerator<object> {
  return tellFacts(databaseUrl, {
    service: 'product',
    read: (snapshot) => [changedReservations(snapshot, since)],
  });
}

/** Its products alone: what holds of them holds at every moment, whatever orders are under way. */
export function stockFactsOnly(databaseUrl: string): AsyncGenerator<object> {
  return tellFacts(databaseUrl, { service: 'product', read: (snapshot) => [countedStockFacts(snapshot)] });
}
