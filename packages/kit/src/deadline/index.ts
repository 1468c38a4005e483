export { deadlineOfHeader, requestTimeoutHeader, requireTimeLeft, timeLeftMs } from './deadline';
