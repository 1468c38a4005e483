export { replaceProcess } from './replace-process';
export {
  startReplicatedStack,
  type ReplicatedStack,
  type ReplicatedStackOptions,
} from './start-replicated-stack';
