import { randomUUID } from 'node:crypto';
import { naughtySample } from './naughty-strings';
import type { TestData, TextInput } from './text-input';

type By = 'admin' | 'customer' | 'anonymous';

const tokens: Record<By, (data: TestData) => string | undefined> = {
  admin: ({ adminToken }) => adminToken,
  customer: ({ customerToken }) => customerToken,
  anonymous: () => undefined,
};

/**
 * An operation with the text as `$text` and `$id`. Each use of them counts as one input. The other
 * variables are the product and one of the orders.
 */
function operation(name: string, by: By, query: string, more: Partial<TextInput> = {}): TextInput {
  const uses = [...query.matchAll(/\$(text|id)\b(?!:)/g)].length;
  return {
    name,
    positions: uses,
    request: (text, data) => {
      const orderId = data.orderIds[text.length % data.orderIds.length];
      const { productId } = data;
      const variables = { text, id: text, productId, orderId, sku: randomUUID() };
      return {
        path: '/graphql',
        token: tokens[by](data),
        body: { query, variables: usedIn(query, variables) },
      };
    },
    statuses: [200],
    ...more,
  };
}

function usedIn(query: string, variables: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => query.includes(`$${name}:`)));
}

const rejectedByType = { statuses: [400] };

const loginInputs: TextInput[] = [
  operation(
    'register: password, idempotencyKey',
    'anonymous',
    // An invalid email, so that no password is hashed.
    'mutation ($text: String!) { register(input: { email: "none", password: $text, idempotencyKey: $text }) { __typename } }',
  ),
  operation(
    'login: password',
    'anonymous',
    'mutation ($text: String!) { login(input: { email: "none", password: $text }) { __typename } }',
    {
      texts: naughtySample,
      isSequential: true,
    },
  ),
  operation(
    'register: email',
    'anonymous',
    'mutation ($text: String!) { register(input: { email: $text, password: "short" }) { __typename } }',
  ),
  operation(
    'login: email',
    'anonymous',
    'mutation ($text: String!) { login(input: { email: $text, password: "short" }) { __typename } }',
    { isSequential: true },
  ),
  // The new password is too short, so that no password is hashed.
  operation(
    'changePassword: currentPassword',
    'customer',
    'mutation ($text: String!) { changePassword(input: { currentPassword: $text, newPassword: "short" }) { __typename } }',
  ),
  operation(
    'refreshSession, logout, revokeSession',
    'customer',
    `mutation ($text: String!, $id: ID!) {
       refreshSession(refreshToken: $text) { __typename }
       logout(refreshToken: $text)
       revokeSession(id: $id)
     }`,
  ),
];

const queryInputs: TextInput[] = [
  operation(
    'product, productBySku, order, payment, user',
    'admin',
    `query ($id: ID!, $text: String!) {
       product(id: $id) { id }  productBySku(sku: $text) { id }  order(id: $id) { id }  payment(id: $id) { id }  user(id: $id) { id }
     }`,
  ),
  operation(
    'products: cursors and search',
    'anonymous',
    `query ($text: String!) {
       a: products(after: $text) { nodes { id } }
       b: products(before: $text, last: 2, sort: NAME_ASC) { nodes { id } }
       c: products(after: $text, sort: PRICE_ASC) { nodes { id } }
       d: products(filter: { search: $text }) { nodes { id } }
       e: products(filter: { search: $text }, sort: NAME_ASC) { totalCount }
     }`,
  ),
  operation(
    'orders: cursors and userId',
    'admin',
    `query ($text: String!, $id: ID!) {
       a: orders(after: $text) { nodes { id } }
       b: orders(before: $text, last: 2) { nodes { id } }
       c: orders(userId: $id) { nodes { id } }
       me { d: orders(after: $text) { nodes { id } }  e: orders(before: $text) { nodes { id } } }
     }`,
  ),
  operation(
    'products: currency',
    'anonymous',
    'query ($text: CurrencyCode) { products(filter: { currency: $text }) { nodes { id } } }',
    {
      statuses: [200, 400],
    },
  ),
  operation(
    'products: prices',
    'anonymous',
    'query ($text: SafeInt) { products(filter: { minPriceCents: $text, maxPriceCents: $text }) { nodes { id } } }',
    { statuses: [200, 400] },
  ),
  operation(
    'products: sort',
    'customer',
    `query ($text: ProductSort) { products(sort: $text) { nodes { id } } }`,
    rejectedByType,
  ),
  operation(
    'orders: status',
    'customer',
    'query ($text: OrderStatus) { orders(status: $text) { nodes { id } } }',
    rejectedByType,
  ),
  operation(
    'products: first',
    'anonymous',
    'query ($text: Int) { products(first: $text, last: $text) { nodes { id } } }',
    rejectedByType,
  ),
  operation(
    'products: inStock',
    'anonymous',
    'query ($text: Boolean) { products(filter: { inStock: $text }) { nodes { id } } }',
    rejectedByType,
  ),
];

const productInputs: TextInput[] = [
  operation(
    'createProduct: currency',
    'admin',
    `mutation ($text: CurrencyCode!, $sku: String!) {
       createProduct(input: { sku: $sku, name: "Thing", priceCents: 1, currency: $text }) { __typename }
     }`,
    // 200: three capital letters have the format of a currency.
    { statuses: [200, 400] },
  ),
  operation(
    'createProduct: sku, idempotencyKey',
    'admin',
    `mutation ($text: String!, $sku: String!) {
       a: createProduct(input: { sku: $text, name: "Thing", priceCents: 1, currency: "EUR" }) { __typename }
       b: createProduct(input: { sku: $sku, name: "Thing", priceCents: 1, currency: "EUR", idempotencyKey: $text }) { __typename }
     }`,
  ),
  operation(
    'updateProduct: id, sku',
    'admin',
    `mutation ($id: ID!, $text: String!, $productId: ID!) {
       a: updateProduct(input: { id: $id, name: "Thing" }) { __typename }
       b: updateProduct(input: { id: $productId, sku: $text }) { __typename }
     }`,
  ),
  operation(
    'updateProduct: expectedUpdatedAt',
    'admin',
    `mutation ($text: DateTime, $productId: ID!) {
       updateProduct(input: { id: $productId, name: "Thing", expectedUpdatedAt: $text }) { __typename }
     }`,
    { statuses: [200, 400] },
  ),
  operation(
    'adjustStock: productId, reason, idempotencyKey',
    'admin',
    `mutation ($id: ID!, $text: String!, $productId: ID!) {
       a: adjustStock(input: { productId: $id, delta: 1, reason: "delivery" }) { __typename }
       b: adjustStock(input: { productId: $productId, delta: 1, reason: $text }) { __typename }
       c: adjustStock(input: { productId: $productId, delta: 1, reason: "delivery", idempotencyKey: $text }) { __typename }
     }`,
  ),
];

const orderInputs: TextInput[] = [
  operation(
    'createOrder: productId, idempotencyKey',
    'customer',
    `mutation ($id: ID!, $text: String!, $productId: ID!) {
       a: createOrder(input: { items: [{ productId: $id, quantity: 1 }] }) { __typename }
       b: createOrder(input: { items: [{ productId: $productId, quantity: 1 }], idempotencyKey: $text }) { __typename }
     }`,
  ),
  operation(
    'cancelOrder, updateOrderStatus: id',
    'admin',
    `mutation ($id: ID!) {
       cancelOrder(id: $id) { __typename }
       updateOrderStatus(id: $id, status: CANCELLED) { __typename }
     }`,
  ),
  operation(
    'payOrder: orderId, paymentMethod',
    'customer',
    `mutation ($id: ID!, $text: String!, $orderId: ID!) {
       a: payOrder(input: { orderId: $id }) { __typename }
       b: payOrder(input: { orderId: $orderId, paymentMethod: $text }) { __typename }
     }`,
  ),
  operation(
    'payOrder: returnUrl',
    'customer',
    `mutation ($text: String!, $orderId: ID!) {
       payOrder(input: { orderId: $orderId, paymentMethod: "none", returnUrl: $text }) { __typename }
     }`,
  ),
  operation(
    'simulateAuthentication: clientSecret',
    'customer',
    `mutation ($text: String!) {
       simulateAuthentication(input: { clientSecret: $text, outcome: FAILED }) { __typename }
     }`,
  ),
  operation(
    'payOrder, cancelOrder: idempotencyKey',
    'customer',
    `mutation ($text: String!, $orderId: ID!) {
       payOrder(input: { orderId: $orderId, paymentMethod: "sim_declined", idempotencyKey: $text }) { __typename }
       cancelOrder(id: $orderId, idempotencyKey: $text) { __typename }
     }`,
  ),
];

const documentInputs: TextInput[] = [
  { name: 'request body', request: (body) => ({ path: '/graphql', body }), statuses: [400] },
  {
    name: 'document',
    request: (query) => ({ path: '/graphql', body: { query } }),
    statuses: [400],
  },
  {
    name: 'operationName',
    request: (operationName) => ({ path: '/graphql', body: { query: '{ __typename }', operationName } }),
    // 200: an empty name is ignored.
    statuses: [400, 200],
  },
  {
    name: 'name of a variable',
    request: (text) => ({ path: '/graphql', body: { query: '{ __typename }', variables: { [text]: text } } }),
    statuses: [200, 400],
  },
  {
    name: 'name of a member of the body',
    request: (text) => ({ path: '/graphql', body: { query: '{ __typename }', [text]: text } }),
    statuses: [200, 400],
  },
  {
    name: 'name of a field of an input',
    request: (text, { adminToken: token }) => ({
      ...{ path: '/graphql', token },
      body: {
        query: 'mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { __typename } }',
        variables: { input: { id: 'none', [text]: text } },
      },
    }),
    statuses: [400],
  },
  {
    // 200: null is valid.
    name: 'an enum literal',
    request: (text) => ({
      path: '/graphql',
      body: { query: `{ products(sort: ${text}) { nodes { id } } }` },
    }),
    statuses: [400, 200],
  },
  {
    name: 'GET /graphql: query',
    request: (text) => ({
      path: `/graphql?query=${encodeURIComponent(text.toWellFormed())}`,
      headers: { 'apollo-require-preflight': 'true' },
    }),
    statuses: [400],
  },
];

/** Every argument that accepts text, as a variable, and the parts of the request body. */
export const graphqlTextInputs: readonly TextInput[] = [
  ...loginInputs,
  ...queryInputs,
  ...productInputs,
  ...orderInputs,
  ...documentInputs,
];
