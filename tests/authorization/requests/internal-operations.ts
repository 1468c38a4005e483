import { randomUUID } from 'node:crypto';
import { defineRequests, type GraphqlRequest } from './request';

/** Operations that services call on each other. */
export const internalOperations = defineRequests<GraphqlRequest>()({
  'product reserveStock': async ({ fresh, state }) => {
    const { id: productId } = await fresh.product();
    return {
      query: 'mutation ($input: ReserveStockInput!) { result: reserveStock(input: $input) { __typename } }',
      variables: { input: { orderId: randomUUID(), lines: [{ productId, quantity: 1 }] } },
      state: () => state.product(productId),
    };
  },
  // No state: the API schema does not distinguish held from committed stock.
  'product commitStock': async ({ fresh }) => ({
    query: 'mutation ($orderId: ID!) { result: commitStock(orderId: $orderId) }',
    variables: { orderId: (await fresh.order()).id },
  }),
  'product commitStocks': async ({ fresh }) => ({
    query: 'mutation ($orderIds: [ID!]!) { result: commitStocks(orderIds: $orderIds) { orderId committed } }',
    variables: { orderIds: [(await fresh.order()).id] },
  }),
  'product releaseStock': async ({ fresh, state }) => {
    const { id: orderId, productId } = await fresh.order();
    return {
      query: 'mutation ($orderId: ID!) { result: releaseStock(orderId: $orderId) }',
      variables: { orderId },
      state: () => state.product(productId),
    };
  },
  'payment createPaymentIntent': async ({ fresh, owner, state }) => {
    const { id: orderId } = await fresh.order();
    const terms = { attempt: 1, userId: owner.id, amountCents: 1_000, currency: 'EUR' };
    return {
      query:
        'mutation ($input: CreatePaymentIntentInput!) { result: createPaymentIntent(input: $input) { outcome } }',
      variables: { input: { orderId, ...terms, paymentMethod: 'sim_declined' } },
      state: () => state.order(orderId),
    };
  },
  'payment refundPayment': async ({ fresh, state }) => {
    const { id: orderId } = await fresh.paidOrder();
    return {
      query: 'mutation ($orderId: ID!) { result: refundPayment(orderId: $orderId) { outcome } }',
      variables: { orderId },
      state: () => state.order(orderId),
    };
  },
});
