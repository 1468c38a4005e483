import type { Viewer } from '@shop/kit/auth';
import { answerWithin, timeLeftMs } from '@shop/kit/deadline';
import { AppError } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import type { Payment } from '../payment/payment.entity';
import { toChargeRequest } from '../providers/charge-request';
import { type NextAction, ProviderTimeout } from '../providers/payment-provider';
import type { Providers } from '../providers/providers';

/** A provider that stalls must cost a read one field, not the whole response. */
const readTimeoutMs = 700;

/** Of the request's deadline, left for the rest of the response. */
const responseReserveMs = 150;

/**
 * What the customer must do before the provider decides. Read from the provider each time, because a client secret must not be
 * stored or logged: https://docs.stripe.com/api/payment_intents/object#payment_intent_object-client_secret
 */
export class NextActionService {
  constructor(private readonly needs: { providers: Providers; logger: Logger }) {}

  /**
   * Null unless the payment requires an action and the viewer is its customer.
   *
   * @throws AppError upstream_unavailable when the provider does not answer
   */
  async find(payment: Payment, viewer: Viewer): Promise<NextAction | null> {
    const isCustomer = viewer.kind === 'user' && viewer.userId === payment.userId;
    if (!isCustomer || payment.status !== 'REQUIRES_ACTION') return null;
    const { providers, logger } = this.needs;
    try {
      const charge = await withinDeadline(() =>
        providers.get(payment.provider).inquire(toChargeRequest(payment)),
      );
      return charge.state === 'requires_action' ? charge.nextAction : null;
    } catch (error) {
      logger.warn('next action could not be read', { paymentId: payment.id, error });
      throw new AppError(
        'upstream_unavailable',
        'The payment provider did not answer, so nextAction cannot be read. Repeat the request.',
        { cause: error, retryAfterSeconds: 2 },
      );
    }
  }
}

function withinDeadline<T>(call: () => Promise<T>): Promise<T> {
  const limitMs = Math.min(readTimeoutMs, timeLeftMs() - responseReserveMs);
  const late = () => new ProviderTimeout(`no answer in ${Math.floor(limitMs)} ms`);
  return limitMs > 0 ? answerWithin(limitMs, call(), late) : Promise.reject(late());
}
