import { defineQuestions, type EntityQuestion } from './question';

/** References to what is the owner's, as the gateway makes them of other subgraphs' answers. */
export const entities = defineQuestions<EntityQuestion>()({
  'user User by id': ({ owner }) => ({
    representation: { __typename: 'User', id: owner.id },
    selection: '... on User { email }',
    shown: owner.email,
  }),
  'order User by id': ({ owner, product }) => ({
    representation: { __typename: 'User', id: owner.id },
    selection: '... on User { orders(first: 100) { nodes { items { sku } } } }',
    shown: product.sku,
  }),
  'product Product by id': ({ product }) => ({
    representation: { __typename: 'Product', id: product.id },
    selection: '... on Product { sku }',
    shown: product.sku,
  }),
  'product Product by sku': ({ product }) => ({
    representation: { __typename: 'Product', sku: product.sku },
    selection: '... on Product { id }',
    shown: product.id,
  }),
  'order Order by id': ({ order, product }) => ({
    representation: { __typename: 'Order', id: order.id },
    selection: '... on Order { items { sku } }',
    shown: product.sku,
  }),
  // Whether there is such an order, the order subgraph says; here its payments are what there is to hide.
  'payment Order by id': ({ order, payment }) => ({
    representation: { __typename: 'Order', id: order.id },
    selection: '... on Order { payments { id } }',
    shown: payment.id,
  }),
  'payment Payment by id': ({ payment, order }) => ({
    representation: { __typename: 'Payment', id: payment.id },
    selection: '... on Payment { order { id } refund { status } }',
    shown: order.id,
  }),
});
