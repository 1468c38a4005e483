export { pollUntil } from './poll';
export { processIdentity } from './process-identity';
