export { createNetwork, type Network } from './network';
export { replaceProcess } from './replace-process';
export {
  startReplicatedStack,
  type ReplicatedStack,
  type ReplicatedStackOptions,
} from './start-replicated-stack';
