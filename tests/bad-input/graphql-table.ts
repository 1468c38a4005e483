import { randomUUID } from 'node:crypto';
import type { RawRequest } from './raw-client';
import {
  invalidTexts,
  type Row,
  type Sender,
  type Table,
  type TableData,
  tokenOf,
  validNaughtyTexts,
} from './table-row';

function row(
  title: string,
  [sender, query, variables]: [sender: Sender, query: string, variables?: (data: TableData) => object],
  [status, outcome]: [status: number, outcome: string],
): Row {
  return {
    ...{ title, status, outcome },
    request: (data) => ({
      ...{ path: '/graphql', token: tokenOf(sender, data) },
      body: { query, variables: variables?.(data) },
    }),
  };
}

function body(content: unknown, [status, outcome]: [number, string]): Row {
  const title = JSON.stringify(content).slice(0, 100);
  return {
    ...{ title, status, outcome },
    request: () => ({ method: 'POST', path: '/graphql', body: content }),
  };
}

const createProduct =
  'mutation ($input: CreateProductInput!) { createProduct(input: $input) { __typename } }';
const createOrder = 'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename } }';
const newProduct = (change: object) => () => ({
  input: { sku: randomUUID(), name: 'Thing', priceCents: 100, currency: 'EUR', ...change },
});
const anOrder =
  (...quantities: unknown[]) =>
  ({ productId }: TableData) => ({
    input: { items: quantities.map((quantity) => ({ productId, quantity })) },
  });

const badValue: [number, string] = [400, 'BAD_USER_INPUT'];
/** A value that a subgraph rejects, not the gateway, is an error of one field. */
const badField: [number, string] = [200, 'BAD_USER_INPUT'];
const unknownToSchema: [number, string] = [400, 'GRAPHQL_VALIDATION_FAILED'];
const invalid: [number, string] = [200, 'InvalidInput'];
const unauthenticated: [number, string] = [200, 'UNAUTHENTICATED'];

const withToken = (title: string, token: (data: TableData) => RawRequest['token']): Row => ({
  ...{ title, status: unauthenticated[0], outcome: unauthenticated[1] },
  request: (data) => ({ path: '/graphql', token: token(data), body: { query: '{ me { id } }' } }),
});

const repeated = (part: (index: number) => string, times: number) =>
  `{ ${Array.from({ length: times }, (_, index) => part(index)).join(' ')} }`;

export const graphqlTable: Table = {
  'invalid or empty JSON, query that is not a string': [
    ...['{"query":', '', '"text"'].map((text) => body(text, [400, 'BAD_REQUEST'])),
    ...[{}, { query: 1 }, { query: null }, { query: ['{ me { id } }'] }, { query: '' }].map((content) =>
      body(content, [400, 'BAD_REQUEST']),
    ),
    body({ query: '{ __typename }', variables: 'text' }, [400, 'BAD_REQUEST']),
  ],

  'syntax, unknown field, wrong variable type, 2^31, 1.5 as Int': [
    row('a syntax error', ['anonymous', '{'], [400, 'GRAPHQL_PARSE_FAILED']),
    row('an unknown field', ['anonymous', '{ nothing }'], unknownToSchema),
    row('an unknown argument', ['anonymous', '{ product(sku: "x") { id } }'], unknownToSchema),
    row(
      'a field that only subgraphs have',
      ['admin', '{ _entities(representations: []) { __typename } }'],
      unknownToSchema,
    ),
    row(
      'an object for an ID',
      ['anonymous', 'query ($id: ID!) { product(id: $id) { id } }', () => ({ id: {} })],
      badValue,
    ),
    row('a missing variable', ['anonymous', 'query ($id: ID!) { product(id: $id) { id } }'], badValue),
    row(
      'an unknown field of an input',
      ['customer', createOrder, () => ({ input: { items: [], total: 1 } })],
      badValue,
    ),
    row('a string for a quantity', ['customer', createOrder, anOrder('1')], badValue),
    row('a quantity of 2^31', ['customer', createOrder, anOrder(2 ** 31)], badValue),
    row('a quantity of 1.5', ['customer', createOrder, anOrder(1.5)], badValue),
    row(
      '2^31 as a literal',
      ['anonymous', '{ products(first: 2147483648) { nodes { id } } }'],
      unknownToSchema,
    ),
    row('1.5 as a literal', ['anonymous', '{ products(first: 1.5) { nodes { id } } }'], unknownToSchema),
    row('a price of 1.5', ['admin', createProduct, newProduct({ priceCents: 1.5 })], badValue),
    row('a price of 2^53', ['admin', createProduct, newProduct({ priceCents: 2 ** 53 })], badValue),
    row('a currency in lower case', ['admin', createProduct, newProduct({ currency: 'eur' })], badValue),
    row(
      'a string as a price',
      ['anonymous', '{ products(filter: { minPriceCents: "5" }) { nodes { id } } }'],
      unknownToSchema,
    ),
    row(
      'a currency literal in lower case',
      ['anonymous', '{ products(filter: { currency: "usd" }) { nodes { id } } }'],
      unknownToSchema,
    ),
    row(
      'a DateTime without a time zone',
      [
        'admin',
        'mutation { updateProduct(input: { id: "1", expectedUpdatedAt: "2026-11-01T12:00:00" }) { __typename } }',
      ],
      unknownToSchema,
    ),
    row(
      'an unknown enum value',
      ['anonymous', '{ products(sort: RANDOM) { nodes { id } } }'],
      unknownToSchema,
    ),
  ],

  'quantity 0, -1, 1000; unknown currency; too many lines': [
    ...[0, -1, 1_000, -(2 ** 31)].map((quantity) =>
      row(`a quantity of ${quantity}`, ['customer', createOrder, anOrder(quantity)], invalid),
    ),
    row('no lines', ['customer', createOrder, anOrder()], invalid),
    row('101 lines', ['customer', createOrder, anOrder(...Array.from({ length: 101 }, () => 1))], invalid),
    row(
      'two lines of a product with too many units together',
      ['customer', createOrder, anOrder(500, 500)],
      invalid,
    ),
    row('an unknown currency', ['admin', createProduct, newProduct({ currency: 'XXY' })], invalid),
    row('a price of -1', ['admin', createProduct, newProduct({ priceCents: -1 })], invalid),
    row('a stock of 2^31 - 1', ['admin', createProduct, newProduct({ stock: 2 ** 31 - 1 })], invalid),
  ],

  'IDs that are not UUIDs': [
    row('a product', ['anonymous', '{ product(id: "none") { id } }'], [200, 'null']),
    row('an order', ['customer', '{ order(id: "none") { id } }'], [200, 'null']),
    row('a payment', ['customer', '{ payment(id: "none") { id } }'], [200, 'null']),
    row('a user', ['admin', '{ user(id: "none") { id } }'], [200, 'null']),
    row('a session', ['customer', 'mutation { revokeSession(id: "none") }'], [200, 'false']),
    row(
      'a product to change',
      ['admin', 'mutation { updateProduct(input: { id: "none", name: "x" }) { __typename } }'],
      [200, 'ProductNotFound'],
    ),
    row(
      'a product to stock',
      [
        'admin',
        'mutation { adjustStock(input: { productId: "none", delta: 1, reason: "x" }) { __typename } }',
      ],
      [200, 'ProductNotFound'],
    ),
    row(
      'a product to order',
      [
        'customer',
        'mutation { createOrder(input: { items: [{ productId: "none", quantity: 1 }] }) { __typename } }',
      ],
      [200, 'ProductNotFound'],
    ),
    row(
      'an order to pay',
      ['customer', 'mutation { payOrder(input: { orderId: "none" }) { __typename } }'],
      [200, 'OrderNotFound'],
    ),
    row(
      'an order to cancel',
      ['customer', 'mutation { cancelOrder(id: "none") { __typename } }'],
      [200, 'OrderNotFound'],
    ),
    row(
      'an order to change',
      ['admin', 'mutation { updateOrderStatus(id: "none", status: CANCELLED) { __typename } }'],
      [200, 'OrderNotFound'],
    ),
    row('a number', ['anonymous', '{ product(id: 1) { id } }'], [200, 'null']),
  ],

  'bad cursor, limit 0 or 101': [
    ...[
      'first: 0',
      'first: 101',
      'first: -1',
      'last: 0',
      'last: 101',
      'after: "x"',
      'before: "x"',
      'after: "WyJORVdFU1QiXQ"',
    ].map((page) => row(page, ['anonymous', `{ products(${page}) { nodes { id } } }`], badField)),
    ...['first: 0', 'last: 101', 'after: "x"'].map((page) =>
      row(`orders: ${page}`, ['customer', `{ orders(${page}) { nodes { id } } }`], badField),
    ),
    row('orders of a user', ['customer', '{ me { orders(first: 101) { nodes { id } } } }'], badField),
  ],

  'missing, expired or forged token': [
    withToken('no token', () => undefined),
    withToken('an expired token', ({ expiredToken }) => expiredToken),
    withToken('a forged token', ({ forgedToken }) => forgedToken),
    withToken('a token that is not a JWT', () => 'x.y.z'),
  ],

  'missing role, data of another customer': [
    row('a product created by a customer', ['customer', createProduct, newProduct({})], [200, 'FORBIDDEN']),
    row(
      'a user read by a customer',
      ['customer', 'query ($id: ID!) { user(id: $id) { id } }', ({ foreignUserId: id }) => ({ id })],
      [200, 'FORBIDDEN'],
    ),
    row(
      'orders of another customer',
      [
        'customer',
        'query ($id: ID!) { orders(userId: $id) { nodes { id } } }',
        ({ foreignUserId: id }) => ({ id }),
      ],
      [200, 'FORBIDDEN'],
    ),
    row(
      'an order of another customer',
      ['customer', 'query ($id: ID!) { order(id: $id) { id } }', ({ foreignOrderId: id }) => ({ id })],
      [200, 'null'],
    ),
    row(
      'an order of another customer to pay',
      [
        'customer',
        'mutation ($id: ID!) { payOrder(input: { orderId: $id }) { __typename } }',
        ({ foreignOrderId: id }) => ({ id }),
      ],
      [200, 'OrderNotFound'],
    ),
    row(
      'an order of another customer to cancel',
      [
        'customer',
        'mutation ($id: ID!) { cancelOrder(id: $id) { __typename } }',
        ({ foreignOrderId: id }) => ({ id }),
      ],
      [200, 'OrderNotFound'],
    ),
  ],

  'body too large, header too large': [
    {
      ...body({ query: `{ __typename } #${'x'.repeat(300_000)}` }, [413, 'PAYLOAD_TOO_LARGE']),
      title: 'a body',
    },
    {
      title: 'a header',
      request: () => ({ path: '/graphql', body: {}, headers: { 'x-filler': 'x'.repeat(20_000) } }),
      ...{ status: 431, outcome: 'headers_too_large' },
    },
  ],

  'wrong method; mutation by GET; array batch; limits exceeded': [
    {
      title: 'PUT',
      request: () => ({ method: 'PUT', path: '/graphql', body: { query: '{ __typename }' } }),
      ...{ status: 405, outcome: 'method_not_allowed', header: ['allow', 'GET, HEAD, POST'] },
    },
    {
      title: 'a mutation by GET',
      request: () => ({
        path: `/graphql?query=${encodeURIComponent('mutation { logout(refreshToken: "x") }')}`,
        headers: { 'apollo-require-preflight': 'true' },
      }),
      ...{ status: 405, outcome: 'BAD_REQUEST', header: ['allow', 'POST'] },
    },
    body([{ query: '{ __typename }' }], [400, 'BAD_REQUEST']),
    row('1,001 tokens', ['anonymous', repeated(() => 'me', 999)], [400, 'GRAPHQL_PARSE_FAILED']),
    row(
      'a depth of 11',
      [
        'customer',
        '{ me { orders { nodes { user { orders { nodes { user { orders { nodes { user { id } } } } } } } } } } }',
      ],
      unknownToSchema,
    ),
    row('16 aliases', ['customer', `{ me ${repeated((index) => `a${index}: id`, 16)} }`], unknownToSchema),
    row('6 root fields', ['anonymous', repeated(() => 'products { nodes { id } }', 6)], unknownToSchema),
    row(
      'two logins in one request',
      [
        'anonymous',
        `mutation ${repeated((index) => `a${index}: login(input: { email: "a", password: "b" }) { __typename }`, 2)}`,
      ],
      unknownToSchema,
    ),
  ],

  'NUL and lone surrogates in text': invalidTexts.flatMap((text) => [
    row(`${JSON.stringify(text)} as a name`, ['admin', createProduct, newProduct({ name: text })], invalid),
    row(
      `${JSON.stringify(text)} as a description`,
      ['admin', createProduct, newProduct({ description: text })],
      invalid,
    ),
    row(`${JSON.stringify(text)} as a SKU`, ['admin', createProduct, newProduct({ sku: text })], invalid),
    row(
      `${JSON.stringify(text)} as an idempotency key`,
      ['admin', createProduct, newProduct({ idempotencyKey: text })],
      invalid,
    ),
    row(
      `${JSON.stringify(text)} in a password`,
      [
        'anonymous',
        'mutation ($text: String!) { register(input: { email: "a@example.com", password: $text }) { __typename } }',
        () => ({ text: `P@ssw0rd${text}` }),
      ],
      invalid,
    ),
    row(
      `${JSON.stringify(text)} as a search`,
      [
        'anonymous',
        'query ($text: String!) { products(filter: { search: $text }) { nodes { id } } }',
        () => ({ text }),
      ],
      badField,
    ),
  ]),

  'naughty strings: SQL, HTML, bidi, CRLF': validNaughtyTexts.map((text) =>
    row(
      JSON.stringify(text),
      ['admin', createProduct, newProduct({ name: text, description: text })],
      [200, 'ProductPayload'],
    ),
  ),

  '__proto__ keys': [
    '{"query":"{ me { role } }","__proto__":{"role":"ADMIN"}}',
    '{"query":"query ($id: ID!) { product(id: $id) { id } }","variables":{"__proto__":{"id":"x"}}}',
    '{"query":"{ me { role } }","constructor":{"prototype":{"role":"ADMIN"}}}',
  ].map((text) => body(text, [400, 'BAD_REQUEST'])),
};
