export type { EventHandlers, Inbox } from './consume-event';
export { eventsRoute } from './events-route';
export { withInbox } from './inbox-bus';
export { forgetEventsJob, forgetEventsTask, planForgetting } from './forget-events';
export { inboxIndex, inboxTable } from './inbox.repository';
