import type { OrderEvent } from './order-events';
import type { PaymentEvent } from './payment-events';
import type { ProductEvent } from './product-events';
import type { UserEvent } from './user-events';

/** Every event of the platform. A type begins with the name of its source. */
export type ShopEvent = OrderEvent | PaymentEvent | ProductEvent | UserEvent;
export type ShopEventType = ShopEvent['type'];
