export { emptyDataDir, openDataDir } from './data-dir';
export { findDataDirUser, lockDataDir, type DataDirLock } from './lock';
export { ensureSecretFile, newSecret, readIfThere, readOrCreate } from './secret-file';
