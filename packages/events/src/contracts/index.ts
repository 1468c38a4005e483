export { type CloudEvent, createEvent } from './cloud-event';
export { messagingSpan } from './messaging-span';
export {
  InvalidEventError,
  isKnownEventType,
  parseEvent,
  parseEvents,
  UnknownEventTypeError,
} from './parse-event';
export type {
  EventOf,
  OrderEvent,
  PaymentEvent,
  ProductStockDepleted,
  ShopEvent,
  ShopEventType,
  UserRegistered,
} from './shop-events';
