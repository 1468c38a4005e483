import { defineErrors } from '@shop/kit/errors';

/** The error codes of this subgraph, and their default messages. */
export const { ownCodes, problem } = defineErrors({
  order_not_found: 'There is no order with this id, or it belongs to somebody else.',
  product_not_found: 'There is no product with this id.',
  out_of_stock: 'Less stock is available than requested. Nothing was ordered.',
  too_many_open_orders:
    'The customer has as many unpaid orders, or holds as many units of a product in them, as one customer can; the answer names the limit. Pay or cancel an order, or wait until one expires.',
  order_state_conflict: 'The order is not in a status that allows this. Read it again, then decide.',
  payment_declined:
    'The payment failed and charged nothing: the provider declined it, or the customer did not authenticate. The message and the order in the answer say whether the order can be paid again.',
  payment_not_possible:
    "The provider can never charge this order: its total is outside the provider's limits, or it does not charge the order's currency. Nothing was charged, and no further attempt can succeed: cancel the order or let it expire.",
  too_many_payment_attempts:
    'As many payments of this order were attempted as are allowed. Nothing was charged. Place a new order; this one is cancelled when it expires.',
});
