export { inheritedEnvironment } from './inherited-environment';
export { loadStackConfig, portVariables, type StackConfig } from './config';
export { requireFreePorts } from './require-free-ports';
