export { deadlineOfHeader, requestTimeoutHeader, requireTimeLeft, timeLeftMs } from './deadline';
export { answerWithin, withTimeLimit } from './time-limit';
