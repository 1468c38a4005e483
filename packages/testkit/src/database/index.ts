export { cloneDatabase, type TestDatabase } from './clone-database';
export { programEnvironment } from './program-environment';
export { testAdmin } from './template';
