export { deadlineOfHeader, requestTimeoutHeader, requireTimeLeft, timeLeftMs } from './deadline';
export { withTimeLimit } from './time-limit';
