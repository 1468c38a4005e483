export { deliverByDueRows, deliverByJobs, dropEventTables, eventTables } from './event-tables';
export { deliveries, insertDeliveries } from './delivery.repository';
export { createOutbox, operatorOutbox } from './outbox';
export type { Outbox } from './outbox';
export { createRelay } from './relay';
export type { RelayParts } from './relay';
export { defaultRetryPolicy, pauseMs } from './reachability';
export type { RetryPolicy } from './reachability';
