export { publishEvent, publishEventJob, publishEventTask } from './outbox';
