export { exposeEventFigures } from './event-figures';
export { countEvents, listEvents, replayEvents, showEvent } from './events-operations';
export type { EventCounts } from './events-operations';
export type { EventSelection, QueuedEvent } from './event-queue.repository';
