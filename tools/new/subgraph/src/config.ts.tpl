import { loadConfig, serviceEnvironment } from '@shop/kit/config';
import { commandEnvironment, databaseEnvironment } from '@shop/kit/database';
import { z } from 'zod';

export const serviceSchema = z.object({ ...serviceEnvironment, ...databaseEnvironment });

const migrateSchema = z.object(commandEnvironment);

/** @throws ConfigError that names every missing or invalid setting */
export const load__Name__Settings = (env = process.env): z.infer<typeof serviceSchema> =>
  loadConfig({ service: '__name__', schema: serviceSchema, env });

/** @throws ConfigError */
export const loadMigrateSettings = (env = process.env): z.infer<typeof migrateSchema> =>
  loadConfig({ service: '__name__-migrate', schema: migrateSchema, env });
