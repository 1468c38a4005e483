export { exposeEventFigures } from './event-figures';
export { countEvents, listEvents, queuedEvents, replayEvents, showEvent } from './event-queue.repository';
export type { EventCounts, EventSelection, QueuedEvent } from './event-queue.repository';
