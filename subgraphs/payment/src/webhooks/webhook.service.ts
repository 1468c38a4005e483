import { isUtf8 } from 'node:buffer';
import { AppError } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import type { InquiryService } from '../charge/inquiry.service';
import { isDecided, type Payment } from '../payment/payment.entity';
import type { PaymentRepository } from '../payment/payment.repository';
import {
  type PaymentProvider,
  type WebhookDelivery,
  type WebhookNotice,
  WebhookRejected,
} from '../providers/payment-provider';
import type { Providers } from '../providers/providers';
import type { RefundProgressService } from '../refund/refund-progress.service';
import type { RefundRepository } from '../refund/refund.repository';
import type { WebhookOutcome } from './webhook.entity';
import type { DueWebhook, WebhookRepository } from './webhook.repository';

/** Receives webhooks. A webhook is only a hint: it causes an inquiry at the provider. */
export class WebhookService {
  private readonly rejections: RejectionLog;

  constructor(
    private readonly needs: {
      webhooks: WebhookRepository;
      payments: PaymentRepository;
      inquiries: InquiryService;
      refunds: RefundRepository;
      refundProgress: RefundProgressService;
      providers: Providers;
      wakePoller: () => void;
      logger: Logger;
    },
  ) {
    this.rejections = new RejectionLog(needs.logger);
  }

  /**
   * Stores the webhook, unless it was stored earlier. The poller processes it.
   *
   * @throws AppError not_found for a provider that is not configured · bad_request for an invalid
   *   or outdated signature
   */
  async receive(name: string, delivery: WebhookDelivery): Promise<void> {
    const { webhooks, providers, wakePoller } = this.needs;
    const provider = providers.find(name);
    if (!provider) throw new AppError('not_found', 'The payment provider is unknown or not configured.');
    const notice = this.read(provider, delivery);
    const body = Buffer.from(withoutClientSecrets(delivery.body.toString('utf8')));
    if (await webhooks.insert({ ...notice, provider: provider.name, body })) wakePoller();
  }

  /** Processes a stored webhook. @throws Error if it must be retried */
  async process({ provider, id, chargeKey, type }: DueWebhook): Promise<void> {
    const { webhooks, payments, logger } = this.needs;
    const payment = chargeKey === null ? null : await payments.findByProviderKey(provider, chargeKey);
    if (!payment) logger.warn('no payment has the key of the webhook', { provider, id, type });
    const outcome = payment ? await this.inquireNow(payment) : 'unknown_charge';
    await webhooks.markProcessed({ provider, id }, outcome);
  }

  private async inquireNow(payment: Payment): Promise<WebhookOutcome> {
    const { inquiries, refunds } = this.needs;
    if (!isDecided(payment)) await inquiries.inquireNow(payment.id);
    else if (await refunds.findByPaymentId(payment.id)) await this.inquireRefund(payment.id);
    else if (payment.status === 'FAILED') await inquiries.findLateCharge(payment);
    else return 'already_decided';
    return 'inquired';
  }

  /** In every status, because a refund can fail after it succeeded, and succeed after it failed. */
  private async inquireRefund(paymentId: string): Promise<void> {
    if (!(await this.needs.refundProgress.advance(paymentId)))
      throw new Error(`the provider did not respond about the refund of payment ${paymentId}`);
  }

  /** The reason of a rejection is logged, but not returned to the sender of a forged webhook. */
  private read(provider: PaymentProvider, delivery: WebhookDelivery): WebhookNotice {
    try {
      const notice = provider.readWebhook(delivery);
      if (!isUtf8(delivery.body)) throw new WebhookRejected('the body is not UTF-8');
      if (![notice.id, notice.type, notice.chargeKey].every(isStorable))
        throw new WebhookRejected('a member is longer than 255 characters or contains NUL');
      return notice;
    } catch (cause) {
      if (!(cause instanceof WebhookRejected)) throw cause;
      this.rejections.add({ provider: provider.name, reason: cause.message });
      const message = 'The signature of the webhook is invalid or outdated, or the body is invalid.';
      throw new AppError('bad_request', message, { cause });
    }
  }
}

function isStorable(text: string | null): boolean {
  return text === null || (text.length <= 255 && !text.includes('\0'));
}

const member = /("client_secret"\s*:\s*)"(?:[^"\\]|\\.)*"/g;

/** In text, for example in a redirect URL: `pi_…_secret_…`, or a parameter `…client_secret=…`. */
const token = /\b[a-z]+_[A-Za-z0-9]+_secret_[A-Za-z0-9]+/g;
const parameter = /(client_secret(?:=|%3[dD]))[A-Za-z0-9_]+/g;

/**
 * Removes client secrets from a provider's event: they can complete a payment, and every event of a
 * PaymentIntent has one.
 * https://docs.stripe.com/api/payment_intents/object#payment_intent_object-client_secret
 */
export function withoutClientSecrets(json: string): string {
  return json.replace(member, '$1"[removed]"').replace(token, '[removed]').replace(parameter, '$1[removed]');
}

const pauseMs = 60_000;

/** Logs at most one line per minute, with the count: anyone can send many forged webhooks. */
export class RejectionLog {
  private unlogged = 0;
  private loggedAt = -Infinity;

  constructor(private readonly logger: Logger) {}

  add(rejection: { provider: string; reason: string }): void {
    this.unlogged += 1;
    const now = performance.now();
    if (now - this.loggedAt < pauseMs) return;
    this.logger.warn('webhooks rejected', { ...rejection, count: this.unlogged });
    this.unlogged = 0;
    this.loggedAt = now;
  }
}
