export { SubscriberUnavailable } from './event-bus';
export type { EventBus, RejectedEvents } from './event-bus';
export { createHttpEventBus } from './http-event-bus';
export type { HttpSubscriber, HttpSubscribers } from './http-event-bus';
