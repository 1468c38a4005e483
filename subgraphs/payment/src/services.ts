import type { Logger } from '@shop/kit/logger';
import type { DataSource } from 'typeorm';
import { ChargeService } from './charge/charge.service';
import { ProviderCalls } from './charge/provider-calls';
import { SettlementService } from './charge/settlement.service';
import { VerdictService } from './charge/verdict.service';
import { PaymentRepository } from './payment/payment.repository';
import type { Providers } from './providers/providers';
import { RefundRepository } from './refund/refund.repository';
import { RefundService } from './refund/refund.service';
import { WebhookRepository } from './webhooks/webhook.repository';
import { WebhookService } from './webhooks/webhook.service';

/** What the resolvers and the jobs work with. */
export interface PaymentServices {
  payments: PaymentRepository;
  charges: ChargeService;
  settlement: SettlementService;
  refunds: RefundService;
  webhooks: WebhookService;
}

/** Wires repositories and providers into services, once. */
export function createServices(base: {
  dataSource: DataSource;
  providers: Providers;
  logger: Logger;
}): PaymentServices {
  const payments = new PaymentRepository(base.dataSource);
  const calls = new ProviderCalls(base.providers, base.logger);
  const refunds = new RefundService({ ...base, payments, refunds: new RefundRepository(base.dataSource) });
  const verdicts = new VerdictService({ ...base, payments, refunds });
  const charges = new ChargeService({ ...base, payments, calls, verdicts });
  const settlement = new SettlementService({ ...base, payments, calls, verdicts });
  const webhooks = new WebhookService({
    ...base,
    payments,
    settlement,
    webhooks: new WebhookRepository(base.dataSource),
  });
  return { payments, charges, settlement, refunds, webhooks };
}
