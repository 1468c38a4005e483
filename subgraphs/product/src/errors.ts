import { defineErrors } from '@shop/kit/errors';

/** The error codes of this subgraph, and their default messages. */
export const { appError, ownCodes, problem } = defineErrors({
  product_not_found: 'There is no product with this id.',
  sku_taken: 'Another product has this SKU: choose a different one.',
  stock_below_zero: 'The adjustment takes more than there is.',
  order_state_conflict: 'Nothing is held for this order: it cannot be committed.',
});
