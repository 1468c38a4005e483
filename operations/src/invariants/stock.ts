import type { ProductFact } from '../facts/fact';
import type { Verdicts } from './invariant';

/** What holds at every moment: a product's books are changed together. */
export function* judgeProduct({ productId, stock, held, committed, ledger }: ProductFact): Verdicts {
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
}
