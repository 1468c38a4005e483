import { defineRequests, type EntityRequest } from './request';

/** References to data of the owner. */
export const entities = defineRequests<EntityRequest>()({
  'user User by id': ({ owner }) => ({
    representation: { __typename: 'User', id: owner.id },
    selection: '... on User { email }',
    marker: owner.email,
  }),
  'order User by id': ({ owner, product }) => ({
    representation: { __typename: 'User', id: owner.id },
    selection: '... on User { orders(first: 100) { nodes { items { sku } } } }',
    marker: product.sku,
  }),
  'product Product by id': ({ product }) => ({
    representation: { __typename: 'Product', id: product.id },
    selection: '... on Product { sku }',
    marker: product.sku,
  }),
  'product Product by sku': ({ product }) => ({
    representation: { __typename: 'Product', sku: product.sku },
    selection: '... on Product { id }',
    marker: product.id,
  }),
  'order Order by id': ({ order, product }) => ({
    representation: { __typename: 'Order', id: order.id },
    selection: '... on Order { items { sku } }',
    marker: product.sku,
  }),
  // The order subgraph decides whether the order exists. Here only its payments are protected.
  'payment Order by id': ({ order, payment }) => ({
    representation: { __typename: 'Order', id: order.id },
    selection: '... on Order { payments { id } }',
    marker: payment.id,
  }),
  'payment Payment by id': ({ payment, order }) => ({
    representation: { __typename: 'Payment', id: payment.id },
    selection: '... on Payment { order { id } refund { status } }',
    marker: order.id,
  }),
});
