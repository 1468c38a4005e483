export { inheritedEnvironment } from './inherited-environment';
export { loadStackConfig, type StackConfig } from './config';
export { requireFreePorts } from './require-free-ports';
