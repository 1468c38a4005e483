export { createEvent } from './cloud-event';
export type { CloudEvent } from './cloud-event';
export type { PaymentEventData } from './payment-events';
export { InvalidEventError, parseEvent } from './parse-event';
export type { PaymentEvent, PaymentFailed, PaymentSucceeded, ShopEvent, ShopEventType } from './parse-event';
