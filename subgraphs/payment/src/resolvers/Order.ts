import type { OrderResolvers } from '../generated/schema';
import { amountDue } from '../payment/amount-due';

// The order subgraph checks that the order exists. The loader returns only payments that the viewer
// may see.
export const Order: OrderResolvers = {
  payments: ({ id }, _args, { loaders }) => loaders.byOrderId.load(id),
  amountDue: async ({ id, status, total }, _args, { loaders }) => {
    if (!status || !total) throw new Error('amountDue was requested without the fields that it requires');
    return amountDue({ status, total }, await loaders.byOrderId.load(id));
  },
};
