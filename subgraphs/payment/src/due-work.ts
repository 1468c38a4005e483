import { type DueRow, startDueRows } from '@shop/kit/due-rows';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import type { DueSignals } from './due-signals';
import { duePayments, visitAllowanceMs, type VisitedPayment } from './payment/payment.repository';
import { dueNotices, type DueNotice } from './providers/simulator/simulator-notice.repository';
import type { SimulatorSender } from './providers/simulator/simulator-sender';
import { dueRefunds, type TriedRefund, tryAllowanceMs } from './refund/refund.repository';
import type { PaymentServices } from './services';
import { dueSettlements, type DueSettlement } from './settlement/settlement.repository';
import { dueWebhooks, type DueWebhook } from './webhooks/webhook.repository';

/**
 * All background work of this service but the delivery of its events. `concurrency`: rows of the table that one process
 * handles at once. `leaseMs`: longer than the handling of one row can take, with its calls to others and its statements.
 */
export const dueWork = {
  /** Visits to undecided payments. */
  payments: { table: { ...duePayments, leaseMs: visitAllowanceMs }, concurrency: 4 },
  /** Tries of PENDING refunds. */
  refunds: { table: { ...dueRefunds, leaseMs: tryAllowanceMs }, concurrency: 4 },
  /** Inquiries that stored webhooks ask for: a visit, or a try of a refund. */
  webhooks: { table: { ...dueWebhooks, leaseMs: 20_000 }, concurrency: 8 },
  /** Keys to close after settlements without the provider. */
  settlements: { table: { ...dueSettlements, leaseMs: 12_000 }, concurrency: 2 },
  /** Deliveries of the simulator's webhooks. */
  notices: { table: { ...dueNotices, leaseMs: 8_000 }, concurrency: 8 },
} as const;

/** One poller per table, so that a provider or receiver that hangs takes the places of its own work only. */
export function startDueWork(parts: {
  services: PaymentServices;
  /** Undefined if the simulator sends no webhooks. */
  simulatorSender: SimulatorSender | undefined;
  due: DueSignals;
  dataSource: DataSource;
  logger: Logger;
}): { stop(): Promise<void> } {
  const { services, simulatorSender: sender, due, dataSource, logger } = parts;
  const base = { dataSource, logger };

  const payments = startDueRows<VisitedPayment>({
    ...base,
    ...dueWork.payments,
    name: 'payments',
    handle: oneByOne((payment) => services.settlement.visit(payment)),
  });
  const refunds = startDueRows<TriedRefund>({
    ...base,
    ...dueWork.refunds,
    name: 'refunds',
    handle: oneByOne((refund) => services.refundProgress.tryDue(refund)),
  });
  const webhooks = startDueRows<DueWebhook>({
    ...base,
    ...dueWork.webhooks,
    name: 'webhooks',
    handle: oneByOne((webhook) => services.webhooks.process(webhook)),
  });
  const settlements = startDueRows<DueSettlement>({
    ...base,
    ...dueWork.settlements,
    name: 'settlements',
    handle: oneByOne((settlement) => services.keyClosing.close(settlement)),
  });
  const notices =
    sender &&
    startDueRows<DueNotice>({
      ...base,
      ...dueWork.notices,
      name: 'simulator-notices',
      handle: oneByOne((notice) => sender.send(notice)),
    });

  due.connect('payments', payments);
  due.connect('refunds', refunds);
  due.connect('webhooks', webhooks);
  const pollers = [payments, refunds, webhooks, settlements, ...(notices ? [notices] : [])];
  return { stop: async () => void (await Promise.all(pollers.map((poller) => poller.stop()))) };
}

/** Without `group`, a poller gives each row alone to its handler. */
function oneByOne<Row>(work: (row: Row & DueRow) => Promise<void>) {
  return async (rows: readonly (Row & DueRow)[]) => {
    for (const row of rows) await work(row);
  };
}
