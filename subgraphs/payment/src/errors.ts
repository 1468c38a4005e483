import { defineErrors } from '@shop/kit/errors';

/** The error codes of this subgraph, and their default messages. */
export const { appError, ownCodes, problem } = defineErrors({
  payment_not_found:
    'There is no payment with this id or client secret, or its order belongs to somebody else.',
  authentication_ended:
    'The authentication of this payment has already ended with another outcome: completed, failed, or closed at the time limit. Read the order for its result.',
  order_state_conflict: 'Another payment of this order is undecided or has succeeded.',
});
