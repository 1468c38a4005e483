export { respondsOk } from './responds-ok';
export { pollUntil } from './poll';
export { processIdentity } from './process-identity';
