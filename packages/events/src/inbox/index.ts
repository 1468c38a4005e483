export { type EventHandlers, type Inbox, withInbox } from './consume-events';
export { eventsRoute } from './events-route';
export { inboxIndex, inboxTable } from './inbox.repository';
