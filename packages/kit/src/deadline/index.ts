export { deadlineOfHeader, requestTimeoutHeader, assertDeadlineNotExceeded, timeLeftMs } from './deadline';
export { answerWithin, withTimeLimit } from './time-limit';
