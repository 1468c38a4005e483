import type { GraphQLSchema } from 'graphql';
import type { Fixture } from './fixture';
import { generateMutation } from './generated-operations';
import type { Operation, Viewer } from './operation';

interface Call {
  field: string;
  text: string;
  viewer?: Viewer;
}

/** Calls whose results are the members of the result unions. The subgraphs execute each once. */
function calls({ values }: Fixture, name: string): Call[] {
  const id = (of: string) => JSON.stringify(values[of]);
  const order = (productId: string, quantity: number) =>
    `createOrder(input: { items: [{ productId: ${productId}, quantity: ${quantity} }], idempotencyKey: "${name}-${quantity}" })`;
  const product = (sku: string, price: number) =>
    `createProduct(input: { sku: ${sku}, name: "Shelf", priceCents: ${price}, currency: "EUR", idempotencyKey: "${name}" })`;
  return [
    { field: 'createOrder', text: order(id('productId'), 1) },
    { field: 'createOrder', text: order(id('productId'), 90_000), viewer: 'admin' },
    { field: 'createOrder', text: order(id('unknownId'), 2) },
    { field: 'createOrder', text: order(id('productId'), 0) },
    { field: 'cancelOrder', text: `cancelOrder(id: ${id('unknownId')})` },
    { field: 'cancelOrder', text: `cancelOrder(id: ${id('paidId')})` },
    { field: 'cancelOrder', text: `cancelOrder(id: ${id('cancelledId')})`, viewer: 'visitor' },
    {
      field: 'updateOrderStatus',
      text: `updateOrderStatus(id: ${id('orderId')}, status: CONFIRMED)`,
      viewer: 'admin',
    },
    { field: 'payOrder', text: `payOrder(input: { orderId: ${id('cancelledId')} })` },
    { field: 'payOrder', text: `payOrder(input: { orderId: ${id('unknownId')} })` },
    { field: 'createProduct', text: product(`"${name}"`, 500), viewer: 'admin' },
    { field: 'createProduct', text: product(id('sku'), 501), viewer: 'admin' },
    { field: 'createProduct', text: product(`"${name}"`, -1), viewer: 'admin' },
    { field: 'createProduct', text: product(`"${name}"`, 5), viewer: 'customer' },
    {
      field: 'updateProduct',
      text: `updateProduct(input: { id: ${id('productId')}, name: "Lamp", expectedUpdatedAt: "2020-01-01T00:00:00.000Z" })`,
      viewer: 'admin',
    },
    {
      field: 'updateProduct',
      text: `updateProduct(input: { id: ${id('unknownId')}, name: "Lamp" })`,
      viewer: 'admin',
    },
    {
      field: 'adjustStock',
      text: `adjustStock(input: { productId: ${id('otherProductId')}, delta: -99999999, reason: "count" })`,
      viewer: 'admin',
    },
    {
      field: 'adjustStock',
      text: `adjustStock(input: { productId: ${id('otherProductId')}, delta: 1, reason: "count", idempotencyKey: "${name}" })`,
      viewer: 'admin',
    },
    {
      field: 'register',
      text: `register(input: { email: ${id('email')}, password: "Another-5f0c" })`,
      viewer: 'visitor',
    },
    { field: 'register', text: 'register(input: { email: "none", password: "a" })', viewer: 'visitor' },
    {
      field: 'login',
      text: `login(input: { email: ${id('email')}, password: "not this one" })`,
      viewer: 'visitor',
    },
    {
      field: 'login',
      text: `login(input: { email: ${id('email')}, password: ${id('password')} })`,
      viewer: 'visitor',
    },
    { field: 'refreshSession', text: 'refreshSession(refreshToken: "unknown")', viewer: 'visitor' },
    {
      field: 'changePassword',
      text: 'changePassword(input: { currentPassword: "not this one", newPassword: "Another-5f0c" })',
    },
  ];
}

/** Each call with generated selections on its result, which are unions with interfaces. */
export function generatedMutations(schema: GraphQLSchema, fixture: Fixture, seed: string): Operation[] {
  return calls(fixture, `oracle-${seed}`.replace(/[^\w-]/g, '-')).map(
    ({ field, text, viewer = 'customer' }, index) => ({
      ...generateMutation(schema, fixture, { seed: `${seed}/${index}`, call: text, field }),
      viewer,
    }),
  );
}

const money = '{ amountCents currency }';
const orderFields = `id status total ${money} amountDue ${money} payments { id status } items { product { sku stock } } user { email }`;
const paid = (member: string) =>
  `... on ${member} { order { ${orderFields} } payment { status failureCode order { id } } }`;

/** A new order that is paid by a method; the gateway reads the results from other subgraphs. */
export function paymentOf(method: string): (orderId: string) => Operation {
  return (orderId) => ({
    query: `mutation ($orderId: ID!, $method: String) {
      payOrder(input: { orderId: $orderId, paymentMethod: $method }) {
        __typename ${['PayOrderSuccess', 'PaymentDeclined', 'PaymentNotPossible', 'PaymentPending'].map(paid).join(' ')}
        ... on Problem { code message }
      }
    }`,
    variables: { orderId, method },
  });
}
