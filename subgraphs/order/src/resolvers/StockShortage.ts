import type { StockShortageResolvers } from '../generated/schema';

export const StockShortage: StockShortageResolvers = {
  product: ({ productId }) => ({ id: productId }),
};
