export { readRingFile, type RingKey } from './ring-file';
export { ensureServiceKeys, type ServiceKeys } from './service-keys';
export { ensureSigningRing, retire, rotate, tokensLiveMs } from './signing-ring';
