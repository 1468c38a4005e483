import { exposeGauges } from '@shop/kit/metrics';
import type { DataSource } from 'typeorm';
import { countUndecidedPayments, undecidedGauges } from './undecided-payments.repository';

/** Registers the metrics of undecided payments, refunds and webhooks. */
export function exposePaymentFigures(dataSource: DataSource): void {
  exposeGauges({ gauges: undecidedGauges, read: () => countUndecidedPayments(dataSource) });
}
