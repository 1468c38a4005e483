export { createDataSource } from './data-source';
export type { DatabaseOptions } from './data-source';
export { inTransaction } from './transaction';
export type { Transaction } from './transaction';
export { isUniqueViolation } from './violations';
export { runMigrations } from './migrations';
export { databaseEnvironment } from './environment';
export type { MixedList, EntityClass, MigrationClass } from './data-source';
export { pingDatabase } from './ping';
