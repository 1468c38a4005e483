import type { OrderItemEntity } from './order-item.entity';

/** A line with the currency of its order. */
export type PricedItem = OrderItemEntity & { currency: string };
