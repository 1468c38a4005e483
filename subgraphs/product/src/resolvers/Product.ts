import type { ProductResolvers } from '../generated/schema';

export const Product: ProductResolvers = {
  // Public: whoever asks sees the same.
  __resolveReference: (reference, { loaders }) =>
    'id' in reference ? loaders.productById.load(reference.id) : loaders.productBySku.load(reference.sku),
  price: ({ priceCents, currency }) => ({ amountCents: priceCents, currency }),
  inStock: ({ stock }) => stock > 0,
};
