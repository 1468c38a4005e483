import type { Outbox } from '@shop/events/outbox';
import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import { defaultActionLimitMs } from './charge/next-visit';
import { ChargeService } from './charge/charge.service';
import { ProviderCalls } from './charge/provider-calls';
import { NextActionService } from './charge/next-action.service';
import { SettlementService } from './charge/settlement.service';
import { SimulatedAuthenticationService } from './charge/simulated-authentication.service';
import { PaymentDecisionService } from './charge/payment-decision.service';
import { createPollers } from './due-work';
import { PaymentRepository } from './payment/payment.repository';
import type { Providers } from './providers/providers';
import type { SimulatorAuthentication } from './providers/simulator/simulator-authentication';
import type { SimulatorSender } from './providers/simulator/simulator-sender';
import { RefundProgressService } from './refund/refund-progress.service';
import { RefundRepository } from './refund/refund.repository';
import { RefundService } from './refund/refund.service';
import { KeyClosingService } from './settlement/key-closing.service';
import { SettlementRepository } from './settlement/settlement.repository';
import { WebhookRepository } from './webhooks/webhook.repository';
import { WebhookService } from './webhooks/webhook.service';

export interface PaymentServices {
  payments: PaymentRepository;
  charges: ChargeService;
  settlement: SettlementService;
  keyClosing: KeyClosingService;
  refunds: RefundService;
  refundProgress: RefundProgressService;
  refundRows: RefundRepository;
  webhooks: WebhookService;
  nextActions: NextActionService;
  simulatedAuthentications: SimulatedAuthenticationService;
  pollers: ReturnType<typeof createPollers>;
}

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
}): PaymentServices {
  const { actionLimitMs = defaultActionLimitMs, authentication, simulatorSender, ...base } = parts;
  const payments = new PaymentRepository(base.dataSource);
  const calls = new ProviderCalls(base.providers, base.logger);
  const refundRows = new RefundRepository(base.dataSource);
  const refunds = new RefundService({
    ...{ payments, refunds: refundRows },
    wakePoller: () => pollers.refunds.wake(),
  });
  const refundProgress = new RefundProgressService({ ...base, payments, refunds: refundRows });
  const decisions = new PaymentDecisionService({ ...base, payments, refunds, actionLimitMs });
  const charges = new ChargeService({ ...base, payments, calls, decisions });
  const settlement = new SettlementService({ ...base, payments, calls, decisions, actionLimitMs });
  const keyClosing = new KeyClosingService({
    ...base,
    payments,
    settlement,
    settlements: new SettlementRepository(base.dataSource),
  });
  const webhooks = new WebhookService({
    ...base,
    payments,
    settlement,
    refunds: refundRows,
    refundProgress,
    webhooks: new WebhookRepository(base.dataSource),
    wakePoller: () => pollers.webhooks.wake(),
  });
  const nextActions = new NextActionService({
    ...{ ...base, payments },
    wakePoller: () => pollers.payments.wake(),
  });
  const simulatedAuthentications = new SimulatedAuthenticationService({ payments, authentication });
  const pollers = createPollers({
    ...{ ...base, simulatorSender },
    ...{ settlement, refundProgress, webhooks, keyClosing },
  });
  return {
    payments,
    charges,
    settlement,
    keyClosing,
    refunds,
    refundProgress,
    refundRows,
    webhooks,
    nextActions,
    simulatedAuthentications,
    pollers,
  };
}
