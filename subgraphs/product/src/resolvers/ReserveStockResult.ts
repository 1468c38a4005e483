import type { ReservedLineResolvers, ReserveStockResultResolvers } from '../generated/schema';

const typeNames = {
  RESERVED: 'StockReserved',
  STOCK_SHORT: 'StockShort',
  UNKNOWN_PRODUCTS: 'UnknownProducts',
  MIXED_CURRENCIES: 'MixedCurrencies',
  CLOSED: 'ReservationClosed',
} as const;

export const ReserveStockResult: ReserveStockResultResolvers = {
  __resolveType: ({ kind }) => typeNames[kind],
};

export const ReservedLine: ReservedLineResolvers = {
  unitPrice: ({ unitPriceCents, currency }) => ({ amountCents: unitPriceCents, currency }),
};
