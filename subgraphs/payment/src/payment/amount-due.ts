import type { Payment } from './payment.entity';

interface Money {
  amountCents: number;
  currency: string;
}

/** A reference from the gateway. `status` and `total` are set only if `amountDue` is selected. */
export interface OrderReference {
  id: string;
  status?: string;
  total?: Money;
}

/** The unpaid amount of an order. Only a PENDING order can be paid. */
export function amountDue(
  order: { status: string; total: Money },
  payments: readonly Pick<Payment, 'status' | 'amountCents'>[],
): Money {
  const { amountCents, currency } = order.total;
  if (order.status !== 'PENDING') return { amountCents: 0, currency };
  const paidCents = payments
    .filter(({ status }) => status === 'SUCCEEDED')
    .reduce((sum, payment) => sum + payment.amountCents, 0);
  return { amountCents: Math.max(0, amountCents - paidCents), currency };
}
