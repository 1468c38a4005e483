export { createIndexConcurrently, dropIndexConcurrently } from './concurrent-index';
export { replaceCheck } from './replace-check';
export { columnList } from './column-list';
export { createDataSource } from './data-source';
export type { DatabaseOptions } from './data-source';
export { inTransaction, nameStep } from './transaction';
export type { Transaction } from './transaction';
export { commitStep, query, statement } from './statement';
export type { Statement } from './statement';
export { connectWithRetry } from './connect-with-retry';
export { isConnectionLost, isDatabaseBusy } from './lost-connection';
export { isUniqueViolation } from './violations';
export { runMigrations } from './migrations';
export {
  commandEnvironment,
  connectionOf,
  connectService,
  databaseEnvironment,
  sessionOf,
} from './environment';
export type { DatabaseSettings, ServiceDatabase } from './environment';
export type { MixedList, EntityClass, MigrationClass } from './data-source';
export { pingDatabase } from './ping';
