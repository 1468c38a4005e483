import type { SubgraphName } from '@shop/local-stack/stack';
import type { OutageShop } from './outage-shop';

/** An operation, and its fields that are null while a subgraph is stopped. Default: none. */
export interface OutageOperation {
  name: string;
  as: 'visitor' | 'customer' | 'admin';
  query: string;
  variables?: (shop: OutageShop) => Record<string, unknown>;
  nullFields: Partial<Record<SubgraphName, string[]>>;
}

const loginWithOrders = `mutation ($account: LoginInput!) { login(input: $account) {
  ... on AuthSession { accessToken refreshToken user { email orders { nodes { status payments { status } } } } } } }`;

export const operations: OutageOperation[] = [
  {
    name: 'home page of a customer',
    as: 'customer',
    query: '{ me { email } products(first: 2) { nodes { name } } }',
    nullFields: { user: ['me'], product: ['products'], order: [], payment: [] },
  },
  {
    name: 'home page of a visitor',
    as: 'visitor',
    query: '{ me { email } products(first: 2) { nodes { name } } }',
    nullFields: { user: ['me'], product: ['products'], order: [], payment: [] },
  },
  {
    name: 'list of orders',
    as: 'customer',
    query:
      '{ orders { nodes { id status total { amountCents } payments { status } amountDue { amountCents } } } }',
    nullFields: {
      user: [],
      product: [],
      order: ['orders'],
      payment: [0, 1].flatMap((index) => [
        `orders.nodes.${index}.payments`,
        `orders.nodes.${index}.amountDue`,
      ]),
    },
  },
  {
    name: 'page of an order, with aliases that are names of other fields',
    as: 'customer',
    query: `query ($orderId: ID!) { purchase: order(id: $orderId) {
      state: status timeline { message } buyer: user { email }
      lines: items { name quantity article: product { sku name } }
      amountDue: payments { provider } payments: amountDue { cents: amountCents } } }`,
    variables: ({ paidOrderId }) => ({ orderId: paidOrderId }),
    nullFields: {
      user: ['purchase.buyer'],
      product: ['purchase.lines.0.article', 'purchase.lines.1.article'],
      order: ['purchase'],
      payment: ['purchase.amountDue', 'purchase.payments'],
    },
  },
  {
    name: 'account page',
    as: 'customer',
    query: '{ me { email orders { nodes { status items { sku product { name } } } } } }',
    nullFields: {
      user: ['me'],
      product: ['0.items.0', '1.items.0', '1.items.1'].map((item) => `me.orders.nodes.${item}.product`),
      order: ['me.orders'],
      payment: [],
    },
  },
  {
    name: 'login with a valid token of an earlier session',
    as: 'customer',
    query: loginWithOrders,
    variables: ({ account }) => ({ account }),
    nullFields: {
      user: ['login'],
      product: [],
      order: ['login.user.orders'],
      payment: ['login.user.orders.nodes.0.payments', 'login.user.orders.nodes.1.payments'],
    },
  },
  {
    // The orders are UNAUTHENTICATED, because the request has no token.
    name: 'login of a visitor',
    as: 'visitor',
    query: loginWithOrders,
    variables: ({ account }) => ({ account }),
    nullFields: { user: ['login'], product: [], order: ['login.user.orders'], payment: [] },
  },
  {
    name: 'order placed',
    as: 'admin',
    query: `mutation ($productId: ID!) { createOrder(input: { items: [{ productId: $productId, quantity: 1 }] }) {
      ... on OrderPayload { order { status user { email } items { product { name } } amountDue { amountCents } } } } }`,
    variables: ({ productIds: [productId] }) => ({ productId }),
    nullFields: {
      user: ['createOrder.order.user'],
      product: ['createOrder'],
      order: ['createOrder'],
      payment: ['createOrder.order.amountDue'],
    },
  },
  {
    name: 'payment repeated with its idempotency key',
    as: 'customer',
    query: `mutation ($input: PayOrderInput!) { payOrder(input: $input) {
      ... on PayOrderSuccess { order { id status payments { status } } payment { status order { status } } } } }`,
    variables: ({ payment }) => ({ input: payment }),
    nullFields: {
      user: [],
      product: [],
      order: ['payOrder'],
      payment: ['payOrder.order.payments', 'payOrder.payment'],
    },
  },
  {
    name: 'receipt of a payment',
    as: 'customer',
    query: `query ($paymentId: ID!) { payment(id: $paymentId) {
      provider order { status user { email } } sameOrder: order { id amountDue { amountCents } } } }`,
    variables: ({ paymentId }) => ({ paymentId }),
    nullFields: {
      user: ['payment.order.user'],
      product: [],
      // amountDue requires the total, which the order subgraph resolves.
      order: ['payment.order', 'payment.sameOrder.amountDue'],
      payment: ['payment'],
    },
  },
  {
    name: "admin's page of a customer",
    as: 'admin',
    query: `query ($userId: ID!, $productId: ID!) {
      user(id: $userId) { email orders(first: 1) { nodes { status user { role } payments { amount { amountCents } } } } }
      product(id: $productId) { name } }`,
    variables: ({ userId, productIds: [productId] }) => ({ userId, productId }),
    nullFields: {
      user: ['user'],
      product: ['product'],
      order: ['user.orders'],
      payment: ['user.orders.nodes.0.payments'],
    },
  },
  {
    name: 'line items with their stock, and a search',
    as: 'customer',
    query: `{ orders(first: 1) { nodes { items { product { inStock } } } }
      found: products(first: 1, sort: NAME_ASC) { nodes { sku } pageInfo { hasNextPage } } }`,
    nullFields: {
      user: [],
      product: ['orders.nodes.0.items.0.product', 'found'],
      order: ['orders'],
      payment: [],
    },
  },
];
