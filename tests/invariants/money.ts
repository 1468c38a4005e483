import type { OrderRow } from './orders';
import { read } from './read';

interface PaymentRow {
  id: string;
  orderId: string;
  status: 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'UNKNOWN' | 'REFUNDED';
  amountCents: number;
  currency: string;
}

/** Money that a provider holds, by its own books. */
interface ChargeRow {
  orderId: string;
  amountCents: number;
}

/**
 * What holds once nothing is under way: each charge belongs to one CONFIRMED order of its amount or was refunded, each CONFIRMED
 * order has one, and the provider's books say the same.
 */
export async function findMoneyViolations(paymentUrl: string, orders: OrderRow[]): Promise<string[]> {
  const payments = await read<PaymentRow>(
    paymentUrl,
    `SELECT id, order_id AS "orderId", status, amount_cents::float8 AS "amountCents", currency FROM payments`,
  );
  const charges = await read<ChargeRow>(
    paymentUrl,
    `SELECT order_id AS "orderId", amount_cents::float8 AS "amountCents" FROM simulator.charges
      WHERE outcome = 'succeeded' AND NOT EXISTS (SELECT FROM simulator.refunds WHERE charge_key = charges.key)`,
  );
  const undecided = payments
    .filter(({ status }) => status === 'PENDING' || status === 'UNKNOWN')
    .map(({ id, status }) => `payment ${id} is still ${status}`);
  return [...undecided, ...comparePayments(payments, orders), ...compareCharges(charges, orders)];
}

function comparePayments(payments: PaymentRow[], orders: OrderRow[]): string[] {
  const succeeded = Map.groupBy(
    payments.filter(({ status }) => status === 'SUCCEEDED'),
    ({ orderId }) => orderId,
  );
  const confirmed = new Set(orders.filter(({ status }) => status === 'CONFIRMED').map(({ id }) => id));
  const astray = [...succeeded.keys()]
    .filter((orderId) => !confirmed.has(orderId))
    .map((orderId) => `a payment succeeded for ${orderId}, which is no CONFIRMED order`);
  const wrong = orders
    .filter(({ id }) => confirmed.has(id))
    .filter(({ id, totalCents, currency }) => {
      const [payment, ...others] = succeeded.get(id) ?? [];
      return payment?.amountCents !== totalCents || payment.currency !== currency || others.length > 0;
    })
    .map(({ id, totalCents }) => `order ${id} is CONFIRMED without exactly one payment of ${totalCents}`);
  return [...astray, ...wrong];
}

function compareCharges(charges: ChargeRow[], orders: OrderRow[]): string[] {
  const chargesOf = Map.groupBy(charges, ({ orderId }) => orderId);
  const statusOf = new Map(orders.map(({ id, status }) => [id, status]));
  return [...chargesOf]
    .filter(([orderId, ofOrder]) => ofOrder.length > 1 || statusOf.get(orderId) !== 'CONFIRMED')
    .map(
      ([orderId, { length }]) =>
        `the provider holds ${length} charge(s) of ${orderId}, ${statusOf.get(orderId)}`,
    );
}
