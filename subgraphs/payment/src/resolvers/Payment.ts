import type { PaymentResolvers } from '../generated/schema';

// A Payment object exists only for those who may see all of it: the loaders give no other.
export const Payment: PaymentResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.byId.load(id),
  order: ({ orderId }) => ({ id: orderId }),
  nextAction: (payment, _args, { loaders }) => loaders.nextAction.load(payment),
  refund: ({ id, hasRefund }, _args, { loaders }) =>
    hasRefund === false ? null : loaders.refundByPaymentId.load(id),
  amount: ({ amountCents, currency }) => ({ amountCents, currency }),
};
