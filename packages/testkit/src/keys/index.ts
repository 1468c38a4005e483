export { serviceCredential, serviceEnvironmentFor, testKeys, userToken, type TestKeys } from './keys';
