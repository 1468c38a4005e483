export { emptyDataDir, openDataDir } from './data-dir';
export { lockDataDir, type DataDirLock } from './lock';
export { newSecret, readIfThere, readOrCreate } from './secret-file';
