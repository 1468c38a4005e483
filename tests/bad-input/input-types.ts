import { randomUUID } from 'node:crypto';
import fc, { type Arbitrary } from 'fast-check';
import { anyNumber, anyObject, anyText, mostly } from './any-input';
import type { RawRequest } from './raw-client';
import type { TestData } from './text-input';

type Values = Record<string, unknown>;

/** An input type, and the requests that send its values through GraphQL and REST. */
export interface InputType {
  name: string;
  values: (data: TestData) => Arbitrary<Values>;
  graphql: { by: 'admin' | 'customer' | 'anonymous'; query: string; variables: (values: Values) => object };
  /** Undefined if REST has no request for these values. */
  rest: (values: Values, data: TestData) => RawRequest | undefined;
}

const id = (known: string) => mostly(fc.oneof(fc.constant(known), fc.uuid()));
const key = mostly(fc.oneof(fc.constant(undefined), fc.string({ maxLength: 130 }), fc.uuid()));
const text = mostly(anyText);
const number = mostly(anyNumber);
const currency = mostly(fc.constantFrom('EUR', 'USD', 'JPY', 'XXY', 'eur', ''));
const sku = mostly(fc.oneof(fc.uuid(), fc.string({ maxLength: 66 })));
const instant = mostly(
  fc.oneof(
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom(
      '9999-12-31T23:59:59-23:59',
      '0000-01-01T00:00:00Z',
      '0001-01-01T00:00:00+23:59',
      '2026-02-30T25:00:00Z',
    ),
  ),
);
const email = mostly(fc.oneof(fc.constant(`${randomUUID()}@example.com`), fc.emailAddress()));
const password = mostly(fc.string({ minLength: 6, maxLength: 80 }));

/** Renames fields to their names in REST. */
function renamed(values: Values, names: Record<string, string>): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [names[name] ?? name, value]));
}

const asAdmin = ({ adminToken: token }: TestData) => ({ token });
const asCustomer = ({ customerToken: token }: TestData) => ({ token });

/** Encodes values as a query string. */
function query(values: Values): string {
  const present = Object.entries(values).filter(([, value]) => value !== undefined);
  return new URLSearchParams(
    present.map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  ).toString();
}

const productNames = { priceCents: 'price_cents' };
const page = { first: number, after: text, last: number, before: text };

const inInput = (values: Values) => ({ input: values });
const mutation = (field: string, type: string) =>
  `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ... on Problem { code message } } }`;

export const inputTypes: readonly InputType[] = [
  {
    name: 'CreateProductInput',
    values: () =>
      anyObject({
        sku,
        name: text,
        description: text,
        priceCents: number,
        currency,
        stock: number,
        idempotencyKey: key,
      }),
    graphql: { by: 'admin', query: mutation('createProduct', 'CreateProductInput'), variables: inInput },
    rest: ({ idempotencyKey: _key, ...values }, data) => ({
      ...{ path: '/v1/products', ...asAdmin(data), body: renamed(values, productNames) },
    }),
  },
  {
    name: 'UpdateProductInput',
    values: ({ productId }) =>
      anyObject({
        id: id(productId),
        sku,
        name: text,
        description: text,
        priceCents: number,
        currency,
        expectedUpdatedAt: instant,
      }),
    graphql: { by: 'admin', query: mutation('updateProduct', 'UpdateProductInput'), variables: inInput },
    rest: ({ id: _id, expectedUpdatedAt, ...values }, data) => ({
      ...{ method: 'PATCH', path: `/v1/products/${data.productId}`, ...asAdmin(data) },
      body: renamed(values, productNames),
      ...(typeof expectedUpdatedAt === 'string' && /^[\x20-\x7e]*$/.test(expectedUpdatedAt)
        ? { headers: { 'if-match': `"${expectedUpdatedAt}"` } }
        : {}),
    }),
  },
  {
    name: 'AdjustStockInput',
    values: ({ productId }) =>
      anyObject({ productId: id(productId), delta: number, reason: text, idempotencyKey: key }),
    graphql: { by: 'admin', query: mutation('adjustStock', 'AdjustStockInput'), variables: inInput },
    rest: ({ delta, reason }, data) => ({
      ...{ path: `/v1/products/${data.productId}/stock`, ...asAdmin(data), body: { delta, reason } },
    }),
  },
  {
    name: 'CreateOrderInput',
    values: ({ productId }) =>
      anyObject({
        items: mostly(fc.array(anyObject({ productId: id(productId), quantity: number }), { maxLength: 5 })),
        idempotencyKey: key,
      }),
    graphql: { by: 'customer', query: mutation('createOrder', 'CreateOrderInput'), variables: inInput },
    rest: ({ items }, data) => ({
      ...{ path: '/v1/orders', ...asCustomer(data) },
      body: { items: Array.isArray(items) ? items.map(toLine) : items },
    }),
  },
  {
    name: 'PayOrderInput',
    values: ({ orderIds }) =>
      anyObject({
        orderId: mostly(fc.constantFrom(...orderIds)),
        paymentMethod: mostly(
          fc.constantFrom(undefined, 'sim_success', 'sim_declined', 'sim_processing', 'none'),
        ),
        returnUrl: mostly(fc.constantFrom(undefined, 'https://shop.example/return', 'http://shop.example/')),
        idempotencyKey: key,
      }),
    graphql: { by: 'customer', query: mutation('payOrder', 'PayOrderInput'), variables: inInput },
    rest: ({ orderId, paymentMethod, returnUrl }, data) => ({
      ...{ path: `/v1/orders/${encodeURIComponent(textOf(orderId))}/pay`, ...asCustomer(data) },
      body: { payment_method: paymentMethod, return_url: returnUrl },
    }),
  },
  {
    name: 'SimulateAuthenticationInput',
    values: () =>
      anyObject({ clientSecret: text, outcome: mostly(fc.constantFrom('SUCCEEDED', 'FAILED', 'none')) }),
    graphql: {
      by: 'customer',
      query: mutation('simulateAuthentication', 'SimulateAuthenticationInput'),
      variables: inInput,
    },
    rest: ({ clientSecret, outcome }, data) => ({
      ...{ path: '/v1/payments/simulator/authentications', ...asCustomer(data) },
      body: { client_secret: clientSecret, outcome },
    }),
  },
  {
    name: 'RegisterInput',
    values: () => anyObject({ email, password }),
    graphql: { by: 'anonymous', query: mutation('register', 'RegisterInput'), variables: inInput },
    rest: (body) => ({ path: '/v1/auth/register', body }),
  },
  {
    name: 'ChangePasswordInput',
    values: () => anyObject({ currentPassword: password, newPassword: password }),
    graphql: {
      by: 'customer',
      query: mutation('changePassword', 'ChangePasswordInput'),
      variables: inInput,
    },
    rest: ({ currentPassword, newPassword }, data) => ({
      ...{ path: '/v1/auth/password', ...asCustomer(data) },
      body: { current_password: currentPassword, new_password: newPassword },
    }),
  },
  {
    name: 'LoginInput',
    values: () => anyObject({ email, password }),
    graphql: { by: 'anonymous', query: mutation('login', 'LoginInput'), variables: inInput },
    rest: (body) => ({ path: '/v1/auth/login', body }),
  },
  {
    name: 'ProductFilter',
    values: () =>
      anyObject({
        search: text,
        inStock: mostly(fc.boolean()),
        minPriceCents: number,
        maxPriceCents: number,
        currency,
      }),
    graphql: {
      by: 'anonymous',
      query: 'query ($filter: ProductFilter) { products(filter: $filter) { nodes { id } totalCount } }',
      variables: (filter) => ({ filter }),
    },
    rest: (values) => ({
      path: `/v1/products?${query(
        renamed(values, {
          inStock: 'in_stock',
          minPriceCents: 'min_price_cents',
          maxPriceCents: 'max_price_cents',
        }),
      )}`,
    }),
  },
  {
    name: 'the arguments of products',
    values: () =>
      anyObject({ ...page, sort: mostly(fc.constantFrom('NEWEST', 'NAME_ASC', 'PRICE_ASC', 'PRICE_DESC')) }),
    graphql: {
      by: 'anonymous',
      query: `query ($first: Int, $after: String, $last: Int, $before: String, $sort: ProductSort) {
        products(first: $first, after: $after, last: $last, before: $before, sort: $sort) { nodes { id } pageInfo { endCursor } }
      }`,
      variables: (values) => values,
    },
    rest: ({ first, after, sort }) => ({
      path: `/v1/products?${query({ limit: first, cursor: after, sort })}`,
    }),
  },
  {
    name: 'the arguments of orders',
    values: () =>
      anyObject({
        ...page,
        status: mostly(fc.constantFrom('PENDING', 'CONFIRMED', 'CANCELLED')),
        userId: mostly(fc.uuid()),
      }),
    graphql: {
      by: 'admin',
      query: `query ($first: Int, $after: String, $last: Int, $before: String, $status: OrderStatus, $userId: ID) {
        orders(first: $first, after: $after, last: $last, before: $before, status: $status, userId: $userId) { nodes { id } }
      }`,
      variables: (values) => values,
    },
    rest: ({ first, after, status, userId }, data) => ({
      ...{
        path: `/v1/orders?${query({ limit: first, cursor: after, status, user_id: userId })}`,
        ...asAdmin(data),
      },
    }),
  },
];

function toLine(line: unknown): unknown {
  if (typeof line !== 'object' || line === null) return line;
  const { productId, ...others } = line as Values;
  return { ...others, product_id: productId };
}

function textOf(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed();
}
