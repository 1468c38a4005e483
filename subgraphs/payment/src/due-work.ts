import { createDuePoller, type DuePoller, type DuePollerOptions, type DueRow } from '@shop/kit/due-rows';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import { duePayments, visitAllowanceMs, type VisitedPayment } from './payment/payment.repository';
import { dueNotices, type DueNotice } from './providers/simulator/simulator-notice.repository';
import type { SimulatorSender } from './providers/simulator/simulator-sender';
import type { SettlementService } from './charge/settlement.service';
import { dueRefunds, type TriedRefund, tryAllowanceMs } from './refund/refund.repository';
import type { RefundProgressService } from './refund/refund-progress.service';
import type { KeyClosingService } from './settlement/key-closing.service';
import { dueSettlements, type DueSettlement } from './settlement/settlement.repository';
import type { WebhookService } from './webhooks/webhook.service';
import { dueWebhooks, type DueWebhook } from './webhooks/webhook.repository';

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
  const { simulatorSender: sender, dataSource, logger } = parts;

  function create<Row>(
    name: string,
    work: Pick<DuePollerOptions<Row>, 'table' | 'concurrency'>,
    handle: (row: Row & DueRow) => Promise<void>,
  ): DuePoller {
    return createDuePoller<Row>({
      ...{ name, dataSource, logger, ...work },
      // Without `group`, a poller gives each row alone to its handler.
      handle: async (rows) => {
        for (const row of rows) await handle(row);
      },
    });
  }

  const { settlement, refundProgress, webhooks: received, keyClosing } = parts;
  const payments = create<VisitedPayment>('payments', dueWork.payments, (row) => settlement.visit(row));
  const refunds = create<TriedRefund>('refunds', dueWork.refunds, (row) => refundProgress.tryDue(row));
  const webhooks = create<DueWebhook>('webhooks', dueWork.webhooks, (row) => received.process(row));
  const settlements = create<DueSettlement>('settlements', dueWork.settlements, (row) =>
    keyClosing.close(row),
  );
  const notices =
    sender && create<DueNotice>('simulator-notices', dueWork.notices, (row) => sender.send(row));

  return { payments, refunds, webhooks, settlements, ...(notices && { notices }) };
}
