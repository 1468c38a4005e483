export { readRingFile, type RingKey } from './ring-file';
export { ensureServiceKeys, type ServiceKeys } from './service-keys';
export { ensureSigningRing, retire, rotate, tokenLifetimeMs } from './signing-ring';
