export {
  type CloudEvent,
  createEvent,
  InvalidEventError,
  isKnownEventType,
  parseEvent,
  parseEvents,
  UnknownEventTypeError,
} from './cloud-event';
export type {
  EventOf,
  OrderEvent,
  PaymentEvent,
  ProductStockDepleted,
  ShopEvent,
  ShopEventType,
  UserRegistered,
} from './shop-events';
