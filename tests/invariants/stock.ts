import { exportStockState } from '@shop/product/state-export';
import { suspicionsIn } from './suspicions';

/** What holds at every moment: no stock below zero, and nothing of it lost or made up. */
export function findStockViolations(productUrl: string): Promise<string[]> {
  return suspicionsIn({ product: exportStockState(productUrl) });
}
