export { eventCommands } from './event-commands';
export { eventRecords } from './event-records';
export type { EventRecord } from './event-records';
