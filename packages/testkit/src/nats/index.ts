export { describeWithNats } from './describe-with-nats';
export { natsProgram } from './nats-program';
export { startNatsServer } from './nats-server';
export type { NatsServer } from './nats-server';
