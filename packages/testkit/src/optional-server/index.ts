export { describeWithServer, type OptionalServer } from './describe-with-server';
