export { inboxTable } from './inbox.repository';
export { eventsRoute } from './events-route';
export type { EventHandlers, EventsRouteOptions } from './events-route';
