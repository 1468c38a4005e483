import { counter } from '@shop/kit/metrics';
import type { OrderRow } from '../persistence/order.entity';
import {
  type CancelReason,
  type OrderState,
  type OrderTransitionInput,
  statusOf,
} from '../state/order-state';

const orders = counter({
  name: 'shop_orders_total',
  help: 'Orders that this process has confirmed or cancelled. A confirmed order can be cancelled later.',
  labels: { outcome: ['confirmed', 'cancelled', 'expired', 'failed'] },
});

const revenue = counter({
  name: 'shop_revenue_minor_total',
  help: 'Totals of the orders that this process has confirmed, in minor units of the currency. Refunds are not subtracted.',
  labels: { currency: 'ISO 4217 codes of the catalogue' },
});

const funnel = counter({
  name: 'shop_funnel_total',
  help: 'Steps of purchases that this process has recorded; an order can start several payments.',
  labels: { step: ['order_created', 'payment_started', 'confirmed'] },
});

const cancelOutcomes: Readonly<Record<CancelReason, string>> = {
  CUSTOMER: 'cancelled',
  ADMIN: 'cancelled',
  EXPIRED: 'expired',
  PAYMENT_FAILED: 'failed',
};

/**
 * Counts a transition. Call it once, after the commit of the statement that returned the order.
 *
 * @param from the state before
 * @param moved the order that the statement returned
 */
export function countTransition(
  from: Pick<OrderRow, 'step'>,
  { type }: Pick<OrderTransitionInput, 'type'>,
  to: OrderState,
  moved: Pick<OrderRow, 'totalCents' | 'currency'>,
): void {
  if (type === 'stock_reserved') funnel.inc({ step: 'order_created' });
  if (type === 'payment_started') funnel.inc({ step: 'payment_started' });
  const status = statusOf(to.step);
  if (status === statusOf(from.step)) return;
  if (status === 'CONFIRMED') {
    orders.inc({ outcome: 'confirmed' });
    funnel.inc({ step: 'confirmed' });
    if (moved.currency !== null) revenue.inc({ currency: moved.currency }, moved.totalCents ?? 0);
  }
  if (status === 'CANCELLED' && 'reason' in to) orders.inc({ outcome: cancelOutcomes[to.reason] });
}
