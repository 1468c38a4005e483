import { createDataSource, type DatabaseOptions } from '@shop/kit/database';
import type { DataSource } from 'typeorm';
import { CreatePayments1795300000000 } from './migrations/1795300000000-create-payments';
import { CreateSimulator1795300000001 } from './migrations/1795300000001-create-simulator';
import { Payment } from './payment/payment.entity';
import { Refund } from './refund/refund.entity';

/** What the database `payments` is made of. */
export const paymentDatabase = {
  service: 'payment',
  entities: [Payment, Refund],
  migrations: [CreatePayments1795300000000, CreateSimulator1795300000001],
} satisfies Partial<DatabaseOptions>;

/** Connected: destroy it in the end. */
export function connect(settings: { DATABASE_URL: string; DATABASE_POOL_SIZE: number }): Promise<DataSource> {
  return createDataSource({
    ...paymentDatabase,
    url: settings.DATABASE_URL,
    poolSize: settings.DATABASE_POOL_SIZE,
  }).initialize();
}
