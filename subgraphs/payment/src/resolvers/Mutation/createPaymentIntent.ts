import { requireService } from '@shop/kit/service';
import type { MutationResolvers, PaymentIntent } from '../../generated/schema';
import { isNotPossible } from '../../charge/charge-result';
import type { Payment } from '../../payment/payment.entity';

export const createPaymentIntent: MutationResolvers['createPaymentIntent'] = async (
  _root,
  { input },
  context,
) => {
  requireService(context, ['order']);
  const { paymentMethod = null, returnUrl = null } = input;
  const payment = await context.charges.charge({ ...input, paymentMethod, returnUrl });
  return toIntent(payment);
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
