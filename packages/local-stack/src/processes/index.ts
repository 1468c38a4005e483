export { answersOk } from './answers-ok';
export { pollUntil } from './poll';
export { processIdentity } from './process-identity';
