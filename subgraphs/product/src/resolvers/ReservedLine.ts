import type { ReservedLineResolvers } from '../generated/schema';

export const ReservedLine: ReservedLineResolvers = {
  unitPrice: ({ unitPriceCents, currency }) => ({ amountCents: unitPriceCents, currency }),
};
