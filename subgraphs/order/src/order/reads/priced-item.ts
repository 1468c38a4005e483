import type { OrderItemEntity } from '../persistence/order-details.repository';

/** A line with the currency of its order. */
export type PricedItem = OrderItemEntity & { currency: string };
