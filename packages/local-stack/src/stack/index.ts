export {
  databaseNames,
  recordOf,
  serviceNames,
  subgraphNames,
  workspaceRoot,
  type ServiceName,
  type SubgraphName,
} from '../services';
export { runPreparation, runServiceProgram } from './preparation';
export { databaseEnvironmentOf } from './service-environment';
export { openServiceLog } from './service-log';
export { startStack, type Stack, type StackService } from './stack';
export type { StackOptions } from './stack-plan';
export type { SupervisedProcess } from './supervisor';
export { createTeardown, type Teardown } from './teardown';
