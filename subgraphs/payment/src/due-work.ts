import { type DueRow, startDueRows } from '@shop/kit/due-rows';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import type { DueSignals } from './due-signals';
import { duePayments, type VisitedPayment } from './payment/payment.repository';
import { dueNotices, type DueNotice } from './providers/simulator/simulator-notice.repository';
import type { SimulatorSender } from './providers/simulator/simulator-sender';
import { dueRefunds, type TriedRefund } from './refund/refund.repository';
import type { PaymentServices } from './services';
import { dueSettlements, type DueSettlement } from './settlement/settlement.repository';
import { dueWebhooks, type DueWebhook } from './webhooks/webhook.repository';

/**
 * All background work of this service but the delivery of its events: one poller per table, so that a provider or receiver
 * that hangs takes the places of its own work only. Each table's file sets the lease, which is longer than one handling.
 */
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
    ...{ name: 'payments', table: duePayments, concurrency: 4 },
    handle: oneByOne((payment) => services.settlement.visit(payment)),
  });
  const refunds = startDueRows<TriedRefund>({
    ...base,
    ...{ name: 'refunds', table: dueRefunds, concurrency: 4 },
    handle: oneByOne((refund) => services.refundProgress.tryDue(refund)),
  });
  const webhooks = startDueRows<DueWebhook>({
    ...base,
    ...{ name: 'webhooks', table: dueWebhooks, concurrency: 8 },
    handle: oneByOne((webhook) => services.webhooks.process(webhook)),
  });
  const settlements = startDueRows<DueSettlement>({
    ...base,
    ...{ name: 'settlements', table: dueSettlements, concurrency: 2 },
    handle: oneByOne((settlement) => services.keyClosing.close(settlement)),
  });
  const notices =
    sender &&
    startDueRows<DueNotice>({
      ...base,
      ...{ name: 'simulator-notices', table: dueNotices, concurrency: simulatorNoticesAtOnce },
      handle: oneByOne((notice) => sender.send(notice)),
    });

  due.connect('payments', payments);
  due.connect('refunds', refunds);
  due.connect('webhooks', webhooks);
  const pollers = [payments, refunds, webhooks, settlements, ...(notices ? [notices] : [])];
  return { stop: async () => void (await Promise.all(pollers.map((poller) => poller.stop()))) };
}

/** Maximum concurrent deliveries of the simulator's webhooks. */
export const simulatorNoticesAtOnce = 8;

/** Without `group`, a poller gives each row alone to its handler. */
function oneByOne<Row>(work: (row: Row & DueRow) => Promise<void>) {
  return async (rows: readonly (Row & DueRow)[]) => {
    for (const row of rows) await work(row);
  };
}
