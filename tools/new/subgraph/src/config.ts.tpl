import { loadConfig, serviceEnvironment } from '@shop/kit/config';
import { commandEnvironment, databaseEnvironment } from '@shop/kit/database';
import { z } from 'zod';

export const serviceSchema = z.object({ ...serviceEnvironment, ...databaseEnvironment });

const migrateSchema = z.object(commandEnvironment);

/** @throws ConfigError naming every setting that is missing or wrong */
export const load__Name__Settings = (env = process.env): z.infer<typeof serviceSchema> =>
  loadConfig({ service: '__name__', schema: serviceSchema, env });

/** @throws ConfigError */
export const loadMigrateSettings = (env = process.env): z.infer<typeof migrateSchema> =>
  loadConfig({ service: '__name__-migrate', schema: migrateSchema, env });
