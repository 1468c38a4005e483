export {
  commandEnvironment,
  connectionOf,
  connectService,
  connectWithRetry,
  databaseEnvironment,
  type DatabaseSettings,
  pingDatabase,
  type ServiceDatabase,
  sessionOf,
} from './connect';
export {
  createDataSource,
  type DatabaseOptions,
  type EntityClass,
  type MigrationClass,
  type MixedList,
} from './data-source';
export { MigrationError, migrationLimitsOf, type MigrationSettings } from './migration-limits';
export { waitForMigrations } from './migration-status';
export { readStatus, revertMigration, runMigrations } from './migrations';
export { createIndexConcurrently, dropIndexConcurrently, replaceCheck } from './online-schema-changes';
export { isConnectionLost, isDatabaseBusy, isUniqueViolation } from './sql-error';
export { columnList, commitStep, query, type Statement, statement, unpreparedStatement } from './statement';
export { inTransaction, nameStep, type Transaction } from './transaction';
