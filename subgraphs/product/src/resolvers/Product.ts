import type { ProductConnectionResolvers, ProductResolvers } from '../generated/schema';

export const Product: ProductResolvers = {
  // Public: the same for every caller.
  __resolveReference: (reference, { loaders }) =>
    'id' in reference ? loaders.productById.load(reference.id) : loaders.productBySku.load(reference.sku),
  price: ({ priceCents, currency }) => ({ amountCents: priceCents, currency }),
  inStock: ({ stock }) => stock > 0,
};

export const ProductConnection: ProductConnectionResolvers = {
  totalCount: ({ filter }, _args, { catalogue }) => catalogue.count(filter),
};
