import { eventsEnvironment } from '@shop/events/service';
import { loadConfig, serviceEnvironment } from '@shop/kit/config';
import { commandEnvironment, databaseEnvironment } from '@shop/kit/database';
import { z } from 'zod';
import { retention } from './retention';

const service = 'product';

export const serviceSchema = z.object({
  ...serviceEnvironment,
  ...databaseEnvironment,
  ...eventsEnvironment,
  ...retention.environment,
});

const commandSchema = z.object(commandEnvironment);

const seedSchema = commandSchema.extend({
  /** Number of products to seed; 0 seeds none. */
  SEED_PRODUCTS: z.coerce.number().int().min(0).max(100_000).default(1_000),
});

/** Settings of the service. */
export type ProductSettings = z.infer<typeof serviceSchema>;

/** @throws ConfigError with every missing or invalid setting; so do the other loaders */
export function loadProductSettings(env = process.env): ProductSettings {
  return loadConfig({ service, schema: serviceSchema, env });
}

export function loadMigrateSettings(env = process.env): z.infer<typeof commandSchema> {
  return loadConfig({ service, schema: commandSchema, env });
}

export function loadSeedSettings(env = process.env): z.infer<typeof seedSchema> {
  return loadConfig({ service, schema: seedSchema, env });
}
