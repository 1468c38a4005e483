export { connectToBroker } from './broker';
export type { Broker } from './broker';
export { createEventSigner, createEventVerifier } from './event-signature';
export { createNatsEventBus } from './nats-event-bus';
export { listenToSource } from './nats-listener';
export { registerStreamMetrics } from './stream-metrics';
export { takeMessages } from './take-message';
