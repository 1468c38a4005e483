export { registerEventMetrics } from './event-metrics';
export { countEvents, listEvents, queuedEvents, replayEvents, showEvent } from './event-queue.repository';
export type { EventCounts, EventSelection, QueuedEvent } from './event-queue.repository';
