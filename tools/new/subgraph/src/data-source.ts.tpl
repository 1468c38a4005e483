import { connectService, type DatabaseSettings, type ServiceDatabase } from '@shop/kit/database';
import { __Entity__ } from './__entity__/__entity__.entity';
import { Create__Table____timestamp__ } from './migrations/__timestamp__-create-__table__';

/** Entities and migrations of the database `__table__`. */
export const __name__Database = {
  service: '__name__',
  entities: [__Entity__],
  migrations: [Create__Table____timestamp__],
} satisfies ServiceDatabase;

/** A connected data source; destroy it at the end. */
export const connect = (settings: DatabaseSettings) => connectService(__name__Database, settings);
