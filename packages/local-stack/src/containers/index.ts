export { compose, requireEngine } from './compose';
export {
  adminPassword,
  buildImage,
  containerServices,
  gatewayUrl,
  inspectContainer,
  killContainer,
  operate,
  removeContainers,
  startContainer,
  startContainers,
  stopContainer,
  waitUntilHealthy,
} from './container-stack';
export { ensureContainerSecrets } from './container-secrets';
