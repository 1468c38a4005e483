import { defineRequests, type GraphqlRequest } from './request';

/** All read data of the owner. */
export const queries = defineRequests<GraphqlRequest>()({
  'Query.me': ({ owner }) => ({ query: '{ result: me { email } }', marker: owner.email }),
  'Query.user': ({ owner }) => ({
    query: 'query ($id: ID!) { result: user(id: $id) { email } }',
    variables: { id: owner.id },
    marker: owner.email,
  }),
  'Query.product': ({ product }) => ({
    query: 'query ($id: ID!) { result: product(id: $id) { sku } }',
    variables: { id: product.id },
    marker: product.sku,
  }),
  'Query.productBySku': ({ product }) => ({
    query: 'query ($sku: String!) { result: productBySku(sku: $sku) { id } }',
    variables: { sku: product.sku },
    marker: product.id,
  }),
  'Query.products': ({ product }) => ({
    query: 'query ($search: String) { result: products(filter: { search: $search }) { nodes { id } } }',
    variables: { search: product.name },
    marker: product.id,
  }),
  'Query.order': ({ order, product }) => ({
    query: 'query ($id: ID!) { result: order(id: $id) { items { sku } } }',
    variables: { id: order.id },
    marker: product.sku,
  }),
  'Query.orders': ({ product }) => ({
    query: '{ result: orders(first: 100) { nodes { items { sku } } } }',
    marker: product.sku,
  }),
  'Query.orders of one user': ({ owner, product }) => ({
    query: 'query ($id: ID!) { result: orders(first: 100, userId: $id) { nodes { items { sku } } } }',
    variables: { id: owner.id },
    marker: product.sku,
  }),
  'Query.payment': ({ payment, order }) => ({
    query: 'query ($id: ID!) { result: payment(id: $id) { order { id } } }',
    variables: { id: payment.id },
    marker: order.id,
  }),
  'Query.payment with its next action': async ({ fresh }) => {
    const { id, clientSecret } = await fresh.paymentRequiringAction();
    return {
      query: 'query ($id: ID!) { result: payment(id: $id) { nextAction { clientSecret } } }',
      variables: { id },
      marker: clientSecret,
    };
  },
});
