export { ensureServiceKeys, type ServiceKeys } from './service-keys';
export { readRingFile, type RingKey } from './ring-file';
export { retire, rotate, tokensLiveMs } from './rotate-ring';
export { ensureSigningRing } from './signing-ring';
