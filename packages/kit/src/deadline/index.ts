export { deadlineOfHeader, requestTimeoutHeader, assertDeadlineNotExceeded, timeLeftMs } from './deadline';
export { rejectAfter, withTimeLimit } from './time-limit';
