import type { OrderItemResolvers } from '../generated/schema';
import { lineTotalCents } from '../order/state/order-placement';

export const OrderItem: OrderItemResolvers = {
  product: ({ productId }) => ({ id: productId }),
  unitPrice: ({ unitPriceCents, currency }) => ({ amountCents: unitPriceCents, currency }),
  lineTotal: (item) => ({ amountCents: lineTotalCents(item), currency: item.currency }),
};
