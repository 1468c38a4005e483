import { uniqueName } from '../fresh-data';
import { defineRequests, type GraphqlRequest } from './request';

/** The orders are unpaid orders of the owner. */
export const shopMutations = defineRequests<GraphqlRequest>()({
  'Mutation.createProduct': ({ state }) => {
    const sku = uniqueName();
    return {
      query: `mutation ($input: CreateProductInput!) {
        result: createProduct(input: $input) { __typename ... on Problem { code } }
      }`,
      variables: { input: { sku, name: 'New', priceCents: 1_000, currency: 'EUR', stock: 1 } },
      state: () => state.productWithSku(sku),
    };
  },
  'Mutation.updateProduct': async ({ fresh, state }) => {
    const { id } = await fresh.product();
    return {
      query: `mutation ($input: UpdateProductInput!) {
        result: updateProduct(input: $input) { __typename ... on Problem { code } }
      }`,
      variables: { input: { id, name: 'Renamed' } },
      state: () => state.product(id),
    };
  },
  'Mutation.adjustStock': async ({ fresh, state }) => {
    const { id: productId } = await fresh.product();
    return {
      query: `mutation ($input: AdjustStockInput!) {
        result: adjustStock(input: $input) { __typename ... on Problem { code } }
      }`,
      variables: { input: { productId, delta: 1, reason: 'found one' } },
      state: () => state.product(productId),
    };
  },
  'Mutation.createOrder': async ({ fresh, state }) => {
    const { id: productId } = await fresh.product();
    return {
      query: `mutation ($input: CreateOrderInput!) {
        result: createOrder(input: $input) { __typename ... on Problem { code } }
      }`,
      variables: { input: { items: [{ productId, quantity: 1 }] } },
      state: () => state.product(productId),
    };
  },
  'Mutation.cancelOrder': async ({ fresh, state }) => {
    const { id } = await fresh.order();
    return {
      query: 'mutation ($id: ID!) { result: cancelOrder(id: $id) { __typename ... on Problem { code } } }',
      variables: { id },
      state: () => state.order(id),
    };
  },
  'Mutation.updateOrderStatus': async ({ fresh, state }) => {
    const { id } = await fresh.order();
    return {
      query: `mutation ($id: ID!) {
        result: updateOrderStatus(id: $id, status: CANCELLED) { __typename ... on Problem { code } }
      }`,
      variables: { id },
      state: () => state.order(id),
    };
  },
  'Mutation.payOrder': async ({ fresh, state }) => {
    const { id: orderId } = await fresh.order();
    return {
      query: `mutation ($input: PayOrderInput!) {
        result: payOrder(input: $input) { __typename ... on Problem { code } }
      }`,
      variables: { input: { orderId, paymentMethod: 'sim_success' } },
      state: () => state.order(orderId),
    };
  },
  'Mutation.simulateAuthentication': async ({ fresh, state }) => {
    const { id, clientSecret } = await fresh.paymentRequiringAction();
    return {
      query: `mutation ($input: SimulateAuthenticationInput!) {
        result: simulateAuthentication(input: $input) { __typename ... on Problem { code } }
      }`,
      variables: { input: { clientSecret, outcome: 'FAILED' } },
      state: () => state.charge(id),
    };
  },
});
