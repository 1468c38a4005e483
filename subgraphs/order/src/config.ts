import { eventsEnvironment } from '@shop/events/service';
import { loadConfig, peerUrl, serviceEnvironment } from '@shop/kit/config';
import { commandEnvironment, databaseEnvironment } from '@shop/kit/database';
import { z } from 'zod';
import { retention } from './retention';

export const serviceSchema = z.object({
  ...serviceEnvironment,
  ...databaseEnvironment,
  ...eventsEnvironment,
  ...retention.environment,
  /** How long an unpaid order reserves its stock. */
  ORDER_TTL_SECONDS: z.coerce.number().int().min(1).max(86_400).default(900),
  /** Maximum 10, because `@listSize` of Order.payments and Order.timeline depends on it. */
  PAYMENT_MAX_ATTEMPTS_PER_ORDER: z.coerce.number().int().min(1).max(10).default(10),
  /**
   * Whether a declined payment cancels its order or leaves it payable until it expires or has no
   * attempts left.
   */
  PAYMENT_DECLINE: z.enum(['cancel', 'retry']).default('cancel'),
  /** Maximum unpaid orders of one customer. */
  OPEN_ORDERS_PER_CUSTOMER: z.coerce.number().int().min(1).max(100_000).default(10),
  /** Maximum units of one product in all unpaid orders of one customer. */
  HELD_UNITS_PER_CUSTOMER: z.coerce.number().int().min(1).max(1_000_000).default(100),
  PRODUCT_URL: peerUrl.default('http://127.0.0.1:4002/graphql'),
  PAYMENT_URL: peerUrl.default('http://127.0.0.1:4004/graphql'),
});

const migrateSchema = z.object(commandEnvironment);

export type OrderSettings = z.infer<typeof serviceSchema>;

/** @throws ConfigError that names every missing or invalid setting */
export function loadOrderSettings(env = process.env): OrderSettings {
  return loadConfig({ service: 'order', schema: serviceSchema, env });
}

/** @throws ConfigError */
export function loadMigrateSettings(env = process.env): z.infer<typeof migrateSchema> {
  return loadConfig({ service: 'order-migrate', schema: migrateSchema, env });
}
