export { withClient } from './databases';
export {
  startEmbeddedPostgres,
  stopOrphanedPostgres,
  urlsOfRunningPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded-postgres';
