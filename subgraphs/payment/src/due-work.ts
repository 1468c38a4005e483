import { createDuePoller, type DuePoller, type DuePollerOptions, type DueRow } from '@shop/kit/due-rows';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import type { SettlementService } from './charge/settlement.service';
import { duePayments, visitAllowanceMs, type VisitedPayment } from './payment/payment.repository';
import { type DueNotice, dueNotices } from './providers/simulator/simulator-notice.repository';
import type { SimulatorSender } from './providers/simulator/simulator-webhook';
import type { RefundProgressService } from './refund/refund-progress.service';
import { dueRefunds, type TriedRefund, tryAllowanceMs } from './refund/refund.repository';
import type { KeyClosingService } from './settlement/manual-settlement.service';
import { type DueSettlement, dueSettlements } from './settlement/settlement.repository';
import { type DueWebhook, dueWebhooks } from './webhooks/webhook.repository';
import type { WebhookService } from './webhooks/webhook.service';

/**
 * The background work of this service, except event delivery. `concurrency`: rows that one process
 * handles concurrently. `leaseMs`: longer than handling one row, including its calls and
 * statements.
 */
export const dueWork = {
  /** Visits to undecided payments. */
  payments: { table: { ...duePayments, leaseMs: visitAllowanceMs }, concurrency: 4 },
  /** Tries of PENDING refunds. */
  refunds: { table: { ...dueRefunds, leaseMs: tryAllowanceMs }, concurrency: 4 },
  /** Inquiries that webhooks cause: visits and tries of refunds. */
  webhooks: { table: { ...dueWebhooks, leaseMs: 20_000 }, concurrency: 8 },
  /** Keys that must be closed after settlements without the provider. */
  settlements: { table: { ...dueSettlements, leaseMs: 12_000 }, concurrency: 2 },
  /** Deliveries of the simulator's webhooks. */
  notices: { table: { ...dueNotices, leaseMs: 8_000 }, concurrency: 8 },
} as const;

/** One poller per table, so that a provider or receiver that hangs does not block other work. */
export function createPollers(parts: {
  settlement: SettlementService;
  refundProgress: RefundProgressService;
  webhooks: WebhookService;
  keyClosing: KeyClosingService;
  /** Undefined if the simulator sends no webhooks. */
  simulatorSender: SimulatorSender | undefined;
  dataSource: DataSource;
  logger: Logger;
}): Record<'payments' | 'refunds' | 'webhooks' | 'settlements', DuePoller> & { notices?: DuePoller } {
  const { settlement, refundProgress, webhooks, keyClosing, simulatorSender: sender } = parts;

  function create<Row>(
    name: string,
    work: Pick<DuePollerOptions<Row>, 'table' | 'concurrency'>,
    handle: (row: Row & DueRow) => Promise<unknown>,
  ): DuePoller {
    const { dataSource, logger } = parts;
    return createDuePoller<Row>({
      ...{ name, dataSource, logger, ...work },
      // Without `group`, a poller gives each row alone to its handler.
      handle: async (rows) => {
        for (const row of rows) await handle(row);
      },
    });
  }

  return {
    payments: create<VisitedPayment>('payments', dueWork.payments, (row) => settlement.visit(row)),
    refunds: create<TriedRefund>('refunds', dueWork.refunds, (row) => refundProgress.tryDue(row)),
    webhooks: create<DueWebhook>('webhooks', dueWork.webhooks, (row) => webhooks.process(row)),
    settlements: create<DueSettlement>('settlements', dueWork.settlements, (row) => keyClosing.close(row)),
    ...(sender && {
      notices: create<DueNotice>('simulator-notices', dueWork.notices, (row) => sender.send(row)),
    }),
  };
}
