export { runLoad } from './run-load';
