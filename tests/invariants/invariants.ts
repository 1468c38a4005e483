import { type StateSources, reconcile } from '@shop/operations/reconcile';
import { exportOrderState } from '@shop/order/state-export';
import { exportPaymentState } from '@shop/payment/state-export';
import { exportProductState, exportStockState } from '@shop/product/state-export';
import { eventually } from '@shop/testkit/eventually';

/** Connection URLs. */
export interface InvariantDatabases {
  product: string;
  order: string;
  payment: string;
}

/** Violations of all invariants, including those of work in progress: the first few of each. */
export function findViolations({ product, order, payment }: InvariantDatabases): Promise<string[]> {
  return findAll({
    order: exportOrderState(order),
    product: exportProductState(product),
    payment: exportPaymentState(payment),
  });
}

/** Violations of the stock invariants, which hold at every moment. */
export function findStockViolations(productUrl: string): Promise<string[]> {
  return findAll({ product: exportStockState(productUrl) });
}

async function findAll(sources: StateSources): Promise<string[]> {
  const { invariants } = await reconcile(sources);
  return invariants.flatMap(({ invariant, examples, inProgressExamples }) =>
    [...examples, ...inProgressExamples].map((example) => `${invariant}: ${example}`),
  );
}

/** Asserts the stock invariants immediately, and all others within `timeoutMs`. */
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
