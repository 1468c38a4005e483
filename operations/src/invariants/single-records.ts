import type { ProductRecord } from '../state/state-record';
import type { InvariantChecks } from './invariant';

/** Invariants of each snapshot: a product's records change in one transaction. */
export function* checkProduct(product: ProductRecord): InvariantChecks {
  const { productId, stock, held, committed, ledger, sums } = product;
  yield {
    invariant: 'stock-never-negative',
    problem: stock < 0 ? `product ${productId} has a stock of ${stock}` : undefined,
    sinceMs: 0,
  };
  const counted = stock + held + committed;
  yield {
    invariant: 'stock-conserved',
    problem:
      counted === ledger
        ? undefined
        : `product ${productId}: stock ${stock} + held ${held} + committed ${committed} is not the ledger's ${ledger}`,
    sinceMs: 0,
  };
  if (!sums) return;
  const reserved = held + committed;
  yield {
    invariant: 'stock-sums-agree',
    problem:
      sums.reserved === reserved && sums.ledger === ledger
        ? undefined
        : `product ${productId}: its sums are reserved ${sums.reserved}, ledger ${sums.ledger}; expected ${reserved} and ${ledger}`,
    sinceMs: 0,
  };
}
