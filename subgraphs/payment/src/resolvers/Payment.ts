import type { PaymentResolvers } from '../generated/schema';

// The loaders return only payments that the viewer may see, so every field is visible.
export const Payment: PaymentResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.byId.load(id),
  order: ({ orderId }) => ({ id: orderId }),
  nextAction: (parent, _args, { loaders }) => loaders.nextAction.load(parent),
  refund: ({ id, hasRefund }, _args, { loaders }) =>
    hasRefund === false ? null : loaders.refundByPaymentId.load(id),
  amount: ({ amountCents, currency }) => ({ amountCents, currency }),
};
