export { eventCommands } from './event-commands';
export { eventFacts } from './event-facts';
export type { EventFact } from './event-facts';
