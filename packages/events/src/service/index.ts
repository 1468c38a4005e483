export { connectEvents } from './connect-events';
export type { EventsOptions, ServiceEvents } from './connect-events';
export { eventsEnvironment } from './environment';
