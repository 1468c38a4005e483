export { pageRequest } from './page-request';
export type { ConnectionArguments, PageRequest } from './page-request';
export { encodeCursor } from './cursor';
export { connection } from './connection';
export type { Connection, PageInfo } from './connection';
