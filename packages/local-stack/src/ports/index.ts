export { freePorts, isPortFree } from './ports';
