import type { OrderItemEntity } from '../persistence/order-item.entity';

/** A line with the currency of its order. */
export type PricedItem = OrderItemEntity & { currency: string };
