export type { EventBus } from './event-bus';
export { createHttpEventBus } from './http-event-bus';
