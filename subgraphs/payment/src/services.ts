import type { Outbox } from '@shop/events/outbox';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import { ChargeService } from './charge/charge.service';
import { NextActionService, SimulatedAuthenticationService } from './charge/next-action.service';
import { PaymentDecisionService } from './charge/payment-decision.service';
import { ProviderCalls } from './charge/provider-calls';
import { SettlementService } from './charge/settlement.service';
import { defaultActionLimitMs } from './config';
import { createPollers } from './due-work';
import { PaymentRepository } from './payment/payment.repository';
import type { Providers } from './providers/providers';
import type { SimulatorAuthentication } from './providers/simulator/simulator-authentication';
import type { SimulatorSender } from './providers/simulator/simulator-webhook';
import { RefundProgressService } from './refund/refund-progress.service';
import { RefundRepository } from './refund/refund.repository';
import { RefundService } from './refund/refund.service';
import { KeyClosingService } from './settlement/manual-settlement.service';
import { SettlementRepository } from './settlement/settlement.repository';
import { WebhookRepository } from './webhooks/webhook.repository';
import { WebhookService } from './webhooks/webhook.service';

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
  const settlement = new SettlementService({ ...base, payments, calls, decisions, actionLimitMs });
  const settlements = new SettlementRepository(base.dataSource);
  const keyClosing = new KeyClosingService({ ...base, payments, settlement, settlements });
  const webhooks = new WebhookService({
    ...{ ...base, payments, settlement, refunds: refundRows, refundProgress },
    webhooks: new WebhookRepository(base.dataSource),
    wakePoller: () => pollers.webhooks.wake(),
  });
  const nextActions = new NextActionService({
    ...{ ...base, payments },
    wakePoller: () => pollers.payments.wake(),
  });
  const simulatedAuthentications = new SimulatedAuthenticationService({ payments, authentication });
  const pollers = createPollers({
    ...{ ...base, settlement, refundProgress, webhooks, keyClosing, simulatorSender },
  });
  return {
    ...{ payments, charges, settlement, keyClosing, refunds, refundProgress, refundRows },
    ...{ webhooks, nextActions, simulatedAuthentications, pollers },
  };
}
