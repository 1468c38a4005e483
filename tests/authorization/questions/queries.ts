import { defineQuestions, type GraphQuestion } from './question';

/** All are about what is the owner's; `shown` is what only an answer can know. */
export const queries = defineQuestions<GraphQuestion>()({
  'Query.me': ({ owner }) => ({ query: '{ result: me { email } }', shown: owner.email }),
  'Query.user': ({ owner }) => ({
    query: 'query ($id: ID!) { result: user(id: $id) { email } }',
    variables: { id: owner.id },
    shown: owner.email,
  }),
  'Query.product': ({ product }) => ({
    query: 'query ($id: ID!) { result: product(id: $id) { sku } }',
    variables: { id: product.id },
    shown: product.sku,
  }),
  'Query.productBySku': ({ product }) => ({
    query: 'query ($sku: String!) { result: productBySku(sku: $sku) { id } }',
    variables: { sku: product.sku },
    shown: product.id,
  }),
  'Query.products': ({ product }) => ({
    query: 'query ($search: String) { result: products(filter: { search: $search }) { nodes { id } } }',
    variables: { search: product.name },
    shown: product.id,
  }),
  'Query.order': ({ order, product }) => ({
    query: 'query ($id: ID!) { result: order(id: $id) { items { sku } } }',
    variables: { id: order.id },
    shown: product.sku,
  }),
  'Query.orders': ({ product }) => ({
    query: '{ result: orders(first: 100) { nodes { items { sku } } } }',
    shown: product.sku,
  }),
  'Query.orders of one user': ({ owner, product }) => ({
    query: 'query ($id: ID!) { result: orders(first: 100, userId: $id) { nodes { items { sku } } } }',
    variables: { id: owner.id },
    shown: product.sku,
  }),
  'Query.payment': ({ payment, order }) => ({
    query: 'query ($id: ID!) { result: payment(id: $id) { order { id } } }',
    variables: { id: payment.id },
    shown: order.id,
  }),
  'Query.payment with its next action': async ({ fresh }) => {
    const { id, clientSecret } = await fresh.waitingPayment();
    return {
      query: 'query ($id: ID!) { result: payment(id: $id) { nextAction { clientSecret } } }',
      variables: { id },
      shown: clientSecret,
    };
  },
});
