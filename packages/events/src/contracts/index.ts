export { createEvent } from './cloud-event';
export type { CloudEvent } from './cloud-event';
export type { OrderCancelled, OrderConfirmed, OrderCreated, OrderEvent } from './order-events';
export { InvalidEventError, isKnownEventType, parseEvent, UnknownEventTypeError } from './parse-event';
export type { PaymentEvent, PaymentFailed, PaymentRefunded, PaymentSucceeded } from './payment-events';
export type { ProductEvent, ProductStockDepleted } from './product-events';
export type { ShopEvent, ShopEventType } from './shop-event';
export type { UserEvent, UserRegistered } from './user-events';
