export { runLoad, type Load } from './run-load';
export type { Failure } from './customer';
