import { exportOrderState } from '@shop/order/state-export';
import { exportPaymentState } from '@shop/payment/state-export';
import { exportProductState } from '@shop/product/state-export';
import { eventually } from '@shop/testkit/eventually';
import { findStockViolations } from './stock';
import { suspicionsIn } from './suspicions';

/** The databases that hold goods and money. */
export interface InvariantDatabases {
  product: string;
  order: string;
  payment: string;
}

/** Every sentence that should not be true of the databases, once nothing is under way; of each invariant the first few. */
export function findViolations({ product, order, payment }: InvariantDatabases): Promise<string[]> {
  return suspicionsIn({
    order: exportOrderState(order),
    product: exportProductState(product),
    payment: exportPaymentState(payment),
  });
}

/**
 * The shop's promises over its databases, tested after whatever happened. Stock is judged at once; the rest gets time to
 * come to rest, as long as an order may be undecided.
 */
export async function expectInvariants(
  databaseUrls: InvariantDatabases,
  { timeoutMs = 30_000 }: { timeoutMs?: number } = {},
): Promise<void> {
  expect(await findStockViolations(databaseUrls.product)).toEqual([]);
  await eventually(async () => expect(await findViolations(databaseUrls)).toEqual([]), {
    timeoutMs,
    intervalMs: 200,
  });
}
