export type { EventHandlers, Inbox } from './consume-events';
export { eventsRoute } from './events-route';
export { withInbox } from './inbox-bus';
export { inboxIndex, inboxTable } from './inbox.repository';
