export { loadConfig, isSecretSetting, ConfigError } from './load-config';
export { serviceEnvironment, peerUrl } from './service-environment';
export type { ServiceEnvironment } from './service-environment';
