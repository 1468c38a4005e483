import { canSee } from '@shop/access';
import { requireUser } from '@shop/kit/auth';
import { AppError } from '@shop/kit/errors';
import { problem } from '../errors';
import { isUuid } from '@shop/kit/ids';
import { requireService } from '@shop/kit/service';
import type { MutationResolvers, PaymentIntent } from '../generated/schema';
import { isNotPossible, type Payment } from '../payment/payment.entity';

export const Mutation: MutationResolvers = {
  async createPaymentIntent(_parent, { input }, context) {
    requireService(context, ['order']);
    const { paymentMethod = null, returnUrl = null } = input;
    return toIntent(await context.charges.charge({ ...input, paymentMethod, returnUrl }));
  },

  async refundPayment(_parent, { orderId }, context) {
    requireService(context, ['order']);
    if (!isUuid(orderId)) throw new AppError('bad_request', 'orderId must be a UUID.');
    const { kind } = await context.refunds.refundOrder(orderId);
    return { outcome: kind };
  },

  async simulateAuthentication(_parent, { input }, { viewer, simulatedAuthentications }) {
    requireUser(viewer);
    const result = await simulatedAuthentications.complete(input.clientSecret, input.outcome);
    if (result.kind === 'UNKNOWN_SECRET')
      return { __typename: 'PaymentNotFound', ...problem('payment_not_found') };
    // The client secret authorizes the authentication. Reading the payment requires its owner or an
    // ADMIN.
    const payment = canSee(viewer, result.payment.userId) ? result.payment : null;
    return result.kind === 'ENDED'
      ? { __typename: 'AuthenticationEnded', ...problem('authentication_ended'), payment }
      : { __typename: 'SimulateAuthenticationPayload', payment };
  },
};

function toIntent(payment: Payment): PaymentIntent {
  const { id: paymentId, status, sent, failureCode } = payment;
  switch (status) {
    case 'SUCCEEDED':
      return { paymentId, outcome: 'SUCCEEDED', failureCode };
    case 'FAILED':
      if (isNotPossible(payment)) return { paymentId, outcome: 'NOT_POSSIBLE', failureCode };
      return { paymentId, outcome: sent ? 'FAILED' : 'NOT_SENT', failureCode };
    case 'PENDING':
    case 'UNKNOWN':
    case 'REQUIRES_ACTION':
      return { paymentId, outcome: 'UNDECIDED', failureCode };
    case 'REFUNDED':
      // A refunded attempt must not confirm an order.
      return { paymentId, outcome: 'FAILED', failureCode: 'refunded' };
    default:
      return status satisfies never;
  }
}
