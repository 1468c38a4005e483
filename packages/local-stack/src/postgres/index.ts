export { withClient } from './databases';
export {
  startEmbeddedPostgres,
  stopOrphanedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded-postgres';
