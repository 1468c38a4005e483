export { describeWithServer, type OptionalServer } from './describe-with-server';
export { createServerProcess } from './server-process';
