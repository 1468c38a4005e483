import { isUtf8 } from 'node:buffer';
import { AppError } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import { isDecided } from '../charge/charge-result';
import type { SettlementService } from '../charge/settlement.service';
import type { Payment } from '../payment/payment.entity';
import type { PaymentRepository } from '../payment/payment.repository';
import type { RefundProgressService } from '../refund/refund-progress.service';
import type { RefundRepository } from '../refund/refund.repository';
import {
  type PaymentProvider,
  type WebhookDelivery,
  type WebhookNotice,
  WebhookRefused,
} from '../providers/payment-provider';
import type { Providers } from '../providers/providers';
import { withoutClientSecrets } from './client-secrets';
import { RefusalLog } from './refusal-log';
import type { WebhookOutcome } from './webhook.entity';
import type { DueWebhook, WebhookRepository } from './webhook.repository';

/** Receives webhooks. A notice is a hint: the provider is asked now rather than at the next visit. */
export class WebhookService {
  private readonly refusals: RefusalLog;

  constructor(
    private readonly needs: {
      webhooks: WebhookRepository;
      payments: PaymentRepository;
      settlement: SettlementService;
      refunds: RefundRepository;
      refundProgress: RefundProgressService;
      providers: Providers;
      wakePoller: () => void;
      logger: Logger;
    },
  ) {
    this.refusals = new RefusalLog(needs.logger);
  }

  /**
   * Returns once the notice is stored, now or earlier; it is processed after.
   *
   * @throws AppError not_found for a provider that is not configured, bad_request for what it did not sign just now
   */
  async receive(name: string, delivery: WebhookDelivery): Promise<void> {
    const { webhooks, providers, wakePoller } = this.needs;
    const provider = providers.find(name);
    if (!provider) throw new AppError('not_found', 'There is no such payment provider here.');
    const notice = this.read(provider, delivery);
    const body = Buffer.from(withoutClientSecrets(delivery.body.toString('utf8')));
    if (await webhooks.insert({ ...notice, provider: provider.name, body })) wakePoller();
  }

  /** Acts on a stored notice. @throws Error to be called again later */
  async process({ provider, id, chargeKey, type }: DueWebhook): Promise<void> {
    const { webhooks, payments, logger } = this.needs;
    const payment = chargeKey === null ? null : await payments.findByProviderKey(provider, chargeKey);
    if (!payment) logger.warn('a webhook is about no payment of ours', { provider, id, type });
    await webhooks.markProcessed({ provider, id }, payment ? await this.askAbout(payment) : 'unknown_charge');
  }

  private async askAbout(payment: Payment): Promise<WebhookOutcome> {
    const { settlement, refunds } = this.needs;
    if (!isDecided(payment)) await settlement.settle(payment.id);
    else if (await refunds.findByPaymentId(payment.id)) await this.askAboutRefund(payment.id);
    else if (payment.status === 'FAILED') await settlement.lookForLateCharge(payment);
    else return 'already_decided';
    return 'inquired';
  }

  /** In every status: a refund can fail after it succeeded, and succeed after it was given up. */
  private async askAboutRefund(paymentId: string): Promise<void> {
    if (!(await this.needs.refundProgress.advance(paymentId)))
      throw new Error(`the state of the refund of payment ${paymentId} is not known yet`);
  }

  /** The reason of a refusal is only logged, so that the sender of a forged webhook does not learn it. */
  private read(provider: PaymentProvider, delivery: WebhookDelivery): WebhookNotice {
    try {
      const notice = provider.readWebhook(delivery);
      if (!isUtf8(delivery.body)) throw new WebhookRefused('the body is not UTF-8');
      if (![notice.id, notice.type, notice.chargeKey].every(isStorable))
        throw new WebhookRefused('a member is too long, or holds a NUL');
      return notice;
    } catch (cause) {
      if (!(cause instanceof WebhookRefused)) throw cause;
      this.refusals.add({ provider: provider.name, reason: cause.message });
      const message = 'The webhook was not signed by its provider just now, or cannot be read.';
      throw new AppError('bad_request', message, { cause });
    }
  }
}

function isStorable(text: string | null): boolean {
  return text === null || (text.length <= 255 && !text.includes('\0'));
}
