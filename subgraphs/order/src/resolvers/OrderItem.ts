import type { OrderItemResolvers } from '../generated/schema';
import { lineTotalCents } from '../clients/product.client';

export const OrderItem: OrderItemResolvers = {
  product: ({ productId }) => ({ id: productId }),
  unitPrice: ({ unitPriceCents, currency }) => ({ amountCents: unitPriceCents, currency }),
  lineTotal: (item) => ({ amountCents: lineTotalCents(item), currency: item.currency }),
};
