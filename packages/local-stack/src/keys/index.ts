export { ensureServiceKeys, type ServiceKeys } from './service-keys';
export { ensureSigningRing } from './signing-ring';
