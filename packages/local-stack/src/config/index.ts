export { inheritedEnvironment } from './inherited-environment';
export { loadStackConfig, stackSchema, type StackConfig } from './config';
export { requireFreePorts } from './require-free-ports';
