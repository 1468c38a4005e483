import type { OrderResolvers } from '../generated/schema';
import type { Payment } from '../payment/payment.entity';

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

// The order subgraph checks that the order exists. The loader returns only payments that the viewer
// may see.
export const Order: OrderResolvers = {
  payments: ({ id }, _args, { loaders }) => loaders.byOrderId.load(id),
  amountDue: async ({ id, status, total }, _args, { loaders }) => {
    if (!status || !total) throw new Error('amountDue was requested without the fields that it requires');
    return amountDue({ status, total }, await loaders.byOrderId.load(id));
  },
};

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
