import type { OrderResolvers } from '../generated/schema';
import { amountDue } from '../payment/amount-due';

// Whether there is such an order is for the order subgraph to say; what the viewer may not see of its payments, the loader
// leaves out.
export const Order: OrderResolvers = {
  payments: ({ id }, _args, { loaders }) => loaders.byOrderId.load(id),
  amountDue: async ({ id, status, total }, _args, { loaders }) => {
    if (!status || !total) throw new Error('amountDue came without the fields that it requires');
    return amountDue({ status, total }, await loaders.byOrderId.load(id));
  },
};
