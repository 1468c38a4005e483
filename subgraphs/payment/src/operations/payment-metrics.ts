import { registerGauges } from '@shop/kit/metrics';
import type { DataSource } from 'typeorm';
import { countUndecidedPayments, undecidedGauges } from './undecided-payments.repository';

/** Registers the metrics of undecided payments, refunds and webhooks. */
export function registerPaymentMetrics(dataSource: DataSource): void {
  registerGauges({ gauges: undecidedGauges, read: () => countUndecidedPayments(dataSource) });
}
