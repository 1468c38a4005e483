export { cloneDatabase, type TestDatabase } from './clone-database';
export { failingAt } from './failing-at';
export { programEnvironment } from './program-environment';
export { testAdmin } from './template';
