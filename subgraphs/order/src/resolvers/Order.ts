import { canSee, isAdmin } from '@shop/access';
import { isUuid } from '@shop/kit/ids';
import { lineTotalCents } from '../clients/product.client';
import type { OrderContext } from '../context';
import type {
  OrderEventResolvers,
  OrderItemResolvers,
  OrderResolvers,
  StockShortageResolvers,
} from '../generated/schema';
import type { PlacedOrder } from '../order/persistence/order.entity';

export const Order: OrderResolvers = {
  __resolveReference: ({ id }, context) => findVisibleOrder(id, context),
  user: ({ userId }) => ({ id: userId }),
  items: async ({ id, currency }, _args, { loaders }) => {
    const items = await loaders.items.load(id);
    return items.map((item) => ({ ...item, currency }));
  },
  total: ({ totalCents, currency }) => ({ amountCents: totalCents, currency }),
  expiresAt: ({ status, expiresAt }) => (status === 'PENDING' ? expiresAt : null),
  timeline: ({ id }, _args, { loaders }) => loaders.timeline.load(id),
};

export const OrderItem: OrderItemResolvers = {
  product: ({ productId }) => ({ id: productId }),
  unitPrice: ({ unitPriceCents, currency }) => ({ amountCents: unitPriceCents, currency }),
  lineTotal: (item) => ({ amountCents: lineTotalCents(item), currency: item.currency }),
};

export const OrderEvent: OrderEventResolvers = {
  traceId: ({ traceId }, _args, { viewer }) => (isAdmin(viewer) ? traceId : null),
};

export const StockShortage: StockShortageResolvers = {
  product: ({ productId }) => ({ id: productId }),
};

/** Null for an unknown order and for one of another user, so that IDs cannot be probed. */
export async function findVisibleOrder(
  id: string,
  { viewer, loaders }: Pick<OrderContext, 'viewer' | 'loaders'>,
): Promise<PlacedOrder | null> {
  if (viewer.kind !== 'user' || !isUuid(id)) return null;
  const order = await loaders.order.load(id.toLowerCase());
  return order && canSee(viewer, order.userId) ? order : null;
}
