import type { Outbox } from '@shop/events/outbox';
import { createDuePoller, type DuePoller, type DuePollerOptions, type DueRow } from '@shop/kit/due-rows';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import { ChargeService } from './charge/charge.service';
import { InquiryService } from './charge/inquiry.service';
import { NextActionService, SimulatedAuthenticationService } from './charge/next-action.service';
import { PaymentDecisionService } from './charge/payment-decision.service';
import { ProviderCalls } from './charge/provider-calls';
import { defaultActionLimitMs } from './config';
import {
  type DuePayment,
  duePayments,
  inquiryLeaseMs,
  PaymentRepository,
} from './payment/payment.repository';
import type { Providers } from './providers/providers';
import type { SimulatorAuthentication } from './providers/simulator/simulator-authentication';
import { type DueNotice, dueNotices } from './providers/simulator/simulator-notice.repository';
import type { SimulatorSender } from './providers/simulator/simulator-webhook';
import { RefundProgressService } from './refund/refund-progress.service';
import { dueRefunds, RefundRepository, type TriedRefund, tryLeaseMs } from './refund/refund.repository';
import { RefundService } from './refund/refund.service';
import { KeyClosingService } from './settlement/manual-settlement.service';
import { type DueSettlement, dueSettlements, SettlementRepository } from './settlement/settlement.repository';
import { type DueWebhook, dueWebhooks, WebhookRepository } from './webhooks/webhook.repository';
import { WebhookService } from './webhooks/webhook.service';

/**
 * The background work of this service, except event delivery. `concurrency`: rows that one process
 * handles concurrently. `leaseMs`: longer than handling one row, including its calls and
 * statements.
 */
export const dueWork = {
  /** Inquiries about undecided payments. */
  payments: { table: { ...duePayments, leaseMs: inquiryLeaseMs }, concurrency: 4 },
  /** Tries of PENDING refunds. */
  refunds: { table: { ...dueRefunds, leaseMs: tryLeaseMs }, concurrency: 4 },
  /** Inquiries that webhooks cause, about payments and refunds. */
  webhooks: { table: { ...dueWebhooks, leaseMs: 20_000 }, concurrency: 8 },
  /** Keys that must be closed after settlements without the provider. */
  settlements: { table: { ...dueSettlements, leaseMs: 12_000 }, concurrency: 2 },
  /** Deliveries of the simulator's webhooks. */
  notices: { table: { ...dueNotices, leaseMs: 8_000 }, concurrency: 8 },
} as const;

/** One poller per table, so that a provider or receiver that hangs does not block other work. */
function createPollers(parts: {
  inquiries: InquiryService;
  refundProgress: RefundProgressService;
  webhooks: WebhookService;
  keyClosing: KeyClosingService;
  /** Undefined if the simulator sends no webhooks. */
  simulatorSender: SimulatorSender | undefined;
  dataSource: DataSource;
  logger: Logger;
}): Record<'payments' | 'refunds' | 'webhooks' | 'settlements', DuePoller> & { notices?: DuePoller } {
  const { inquiries, refundProgress, webhooks, keyClosing, simulatorSender: sender } = parts;

  /** Without `group`, a poller gives each row alone to its handler. */
  function create<Row>(
    work: Pick<DuePollerOptions<Row>, 'name' | 'table' | 'concurrency' | 'traceparentOf'>,
    handle: (row: Row & DueRow) => Promise<unknown>,
  ): DuePoller {
    const { dataSource, logger } = parts;
    return createDuePoller<Row>({
      ...{ ...work, dataSource, logger },
      handle: async (rows) => {
        for (const row of rows) await handle(row);
      },
    });
  }

  const stored = { traceparentOf: (row: { traceparent: string | null }) => row.traceparent };
  return {
    payments: create<DuePayment>({ name: 'payments', ...dueWork.payments, ...stored }, (row) =>
      inquiries.inquireDue(row),
    ),
    refunds: create<TriedRefund>({ name: 'refunds', ...dueWork.refunds, ...stored }, (row) =>
      refundProgress.tryDue(row),
    ),
    webhooks: create<DueWebhook>({ name: 'webhooks', ...dueWork.webhooks }, (row) => webhooks.process(row)),
    settlements: create<DueSettlement>({ name: 'settlements', ...dueWork.settlements }, (row) =>
      keyClosing.close(row),
    ),
    ...(sender && {
      notices: create<DueNotice>({ name: 'simulator-notices', ...dueWork.notices }, (row) =>
        sender.send(row),
      ),
    }),
  };
}

export type PaymentServices = ReturnType<typeof createServices>;

export function createServices(parts: {
  dataSource: DataSource;
  providers: Providers;
  logger: Logger;
  outbox: Outbox;
  /** From PAYMENT_ACTION_SECONDS; if omitted, its default. */
  actionLimitMs?: number;
  /** Omitted unless PAYMENT_PROVIDER is simulator. */
  authentication?: SimulatorAuthentication | undefined;
  /** Omitted if the simulator sends no webhooks. */
  simulatorSender?: SimulatorSender | undefined;
}) {
  const { actionLimitMs = defaultActionLimitMs, authentication, simulatorSender, ...base } = parts;
  const payments = new PaymentRepository(base.dataSource);
  const refundRows = new RefundRepository(base.dataSource);
  const calls = new ProviderCalls(base.providers, base.logger);
  const refunds = new RefundService({
    ...{ payments, refunds: refundRows },
    wakePoller: () => pollers.refunds.wake(),
  });
  const refundProgress = new RefundProgressService({ ...base, payments, refunds: refundRows });
  const decisions = new PaymentDecisionService({ ...base, payments, refunds, actionLimitMs });
  const charges = new ChargeService({ ...base, payments, calls, decisions });
  const inquiries = new InquiryService({ ...base, payments, calls, decisions, actionLimitMs });
  const settlements = new SettlementRepository(base.dataSource);
  const keyClosing = new KeyClosingService({ ...base, payments, inquiries, settlements });
  const webhooks = new WebhookService({
    ...{ ...base, payments, inquiries, refunds: refundRows, refundProgress },
    webhooks: new WebhookRepository(base.dataSource),
    wakePoller: () => pollers.webhooks.wake(),
  });
  const nextActions = new NextActionService({
    ...{ ...base, payments },
    wakePoller: () => pollers.payments.wake(),
  });
  const simulatedAuthentications = new SimulatedAuthenticationService({ payments, authentication });
  const pollers = createPollers({
    ...{ ...base, inquiries, refundProgress, webhooks, keyClosing, simulatorSender },
  });
  return {
    ...{ payments, charges, inquiries, keyClosing, refunds, refundProgress, refundRows },
    ...{ webhooks, nextActions, simulatedAuthentications, pollers },
  };
}
