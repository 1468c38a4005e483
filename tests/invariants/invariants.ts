import { eventually } from '@shop/testkit/eventually';
import { findEventViolations } from './events';
import { findMoneyViolations } from './money';
import { findOrderViolations, readOrders, readReservations } from './orders';
import { findStockViolations } from './stock';

/** The databases that hold goods and money. */
export interface InvariantDatabases {
  product: string;
  order: string;
  payment: string;
}

/** Every sentence that should not be true of the databases, once nothing is under way. */
export async function findViolations(databaseUrls: InvariantDatabases): Promise<string[]> {
  const { product, order, payment } = databaseUrls;
  const [orders, reservations] = await Promise.all([readOrders(order), readReservations(product)]);
  return [
    ...(await findStockViolations(product)),
    ...findOrderViolations(orders, reservations),
    ...(await findMoneyViolations(payment, orders)),
    ...(await findEventViolations(payment)),
  ];
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
