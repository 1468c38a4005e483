import type { Logger } from '@shop/kit/logger';
import { type Payment, toChargeRequest } from '../payment/payment.entity';
import { type ChargeRequest, type PaymentProvider, ChargeRejected } from '../providers/payment-provider';
import { ProviderNotConfigured, type Providers } from '../providers/providers';
import { type ChargeResult, toChargeResult, toResultOfWaiting } from './payment-decision.service';

/**
 * The provider calls of an attempt, all with the attempt's idempotency key; an attempt is never
 * charged under another key. If the provider does not know the key, a call may still be in flight.
 * So the key is either charged again, which results in one charge, or closed before the attempt
 * fails.
 */
export class ProviderCalls {
  constructor(
    private readonly providers: Providers,
    private readonly logger: Logger,
  ) {}

  /** The first call. After a rejection, nothing is charged unless another call was made since. */
  async charge(payment: Payment): Promise<ChargeResult> {
    try {
      return toChargeResult(await this.providers.get(payment.provider).charge(toChargeRequest(payment)));
    } catch (error) {
      if (!(error instanceof ChargeRejected)) return this.noResponse(payment, error);
      this.logRejection(payment, error);
      return { state: 'not_sent', failureCode: error.failureCode };
    }
  }

  /**
   * The state of an attempt whose outcome is unknown. If the provider does not know the key, it is
   * charged, or closed if `mayCharge` is false. If `mayWait` is false, the key is also closed if
   * the customer has not authenticated. Only the response to `cancel` proves that nothing will be
   * charged.
   */
  async inquire(
    payment: Payment,
    { mayCharge, mayWait }: { mayCharge: boolean; mayWait: boolean },
  ): Promise<ChargeResult> {
    const request = toChargeRequest(payment);
    try {
      const provider = this.providers.get(payment.provider);
      const found = await provider.inquire(request);
      if (found.state === 'requires_action' && !mayWait)
        return toResultOfWaiting(await provider.cancel(request));
      if (payment.status === 'REQUIRES_ACTION')
        return toResultOfWaiting(found.state === 'not_found' ? await provider.cancel(request) : found);
      if (found.state !== 'not_found') return toChargeResult(found);
      return mayCharge ? await repeat(provider, request) : toChargeResult(await provider.cancel(request));
    } catch (error) {
      return this.noResponse(payment, error);
    }
  }

  /** Logs an error on each attempt while an operator must act. */
  private logRejection({ id: paymentId, provider }: Payment, error: ChargeRejected): void {
    const { failureCode, remedy } = error;
    const fields = { paymentId, provider, failureCode, error };
    if (remedy === undefined) this.logger.warn('payment provider rejected the charge', fields);
    else this.logger.error('payment provider needs an operator', { ...fields, remedy });
  }

  private noResponse(payment: Payment, error: unknown): ChargeResult {
    if (error instanceof ProviderNotConfigured) return { state: 'no_response' };
    if (error instanceof ChargeRejected) this.logRejection(payment, error);
    this.logger.warn('payment provider call failed', { paymentId: payment.id, error });
    return { state: 'no_response' };
  }
}

/** A rejection says nothing about an earlier call that is in flight, so the key is closed. */
async function repeat(provider: PaymentProvider, request: ChargeRequest): Promise<ChargeResult> {
  try {
    return toChargeResult(await provider.charge(request));
  } catch (error) {
    if (!(error instanceof ChargeRejected)) throw error;
    return toChargeResult(await provider.cancel(request), error.failureCode);
  }
}
