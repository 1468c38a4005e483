export { compose, requireEngine, type CommandResult } from './compose';
export {
  addContainer,
  adminPassword,
  buildImage,
  containerServices,
  execute,
  gatewayUrl,
  imageLabels,
  imageSize,
  inspectContainer,
  killContainer,
  operate,
  readLogs,
  readMasterSecrets,
  removeContainers,
  startContainer,
  startContainers,
  stopContainer,
  waitUntilHealthy,
} from './container-stack';
export { ensureContainerSecrets } from './container-secrets';
