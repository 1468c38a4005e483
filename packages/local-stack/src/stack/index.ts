export { runPreparation } from './run-preparation';
export { openServiceLog, type LogSink } from './service-log';
export { runServiceProgram, type PreparationProgram } from './service-program';
export { startStack } from './start-stack';
export type { StackOptions, StackStep } from './stack-options';
export type { Stack, StackService } from './stack';
export type { AdminCredentials } from './stack-plan';
export type { SupervisedProcess } from './supervisor';
export { databaseEnvironmentOf } from './service-environment';
export { createTeardown } from './teardown';
export {
  databaseNames,
  programOf,
  recordOf,
  serviceNames,
  subgraphNames,
  workspaceRoot,
  type ServiceName,
  type SubgraphName,
} from './services';
