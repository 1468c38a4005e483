export { deliverEventsTask } from './deliver-events';
export { deliverEventsJob } from './delivery-plan';
export { dropEventTables, eventTables } from './event-tables';
export { parkDelivery, publishEvent, publishEventJob, publishEventTask } from './publish-event';
export { Reachability } from './reachability';
export { defaultRetryPolicy } from './retry-policy';
export type { RetryPolicy } from './retry-policy';
export { tryDelivery } from './try-delivery';
export type { RelayParts } from './try-delivery';
