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

/** `METHOD /path`: {product}, {order}, {foreign order} and {foreign user} are replaced by IDs. */
function row(
  title: string,
  [sender, line, body]: [sender: Sender, line: string, body?: unknown],
  [status, outcome]: [status: number, outcome: string],
  header?: [name: string, value: string],
): Row {
  const [method = '', path = ''] = line.split(/ (.*)/);
  return {
    ...{ title, status, outcome, ...(header && { header }) },
    request: (data) => ({
      ...{ method, path: withIds(path, data), token: tokenOf(sender, data) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : withIdsInside(body, data) }),
    }),
  };
}

function withIds(text: string, { productId, orderIds, foreignOrderId, foreignUserId }: TableData): string {
  return text
    .replaceAll('{product}', productId)
    .replaceAll('{order}', orderIds[0] ?? '')
    .replaceAll('{foreign order}', foreignOrderId)
    .replaceAll('{foreign user}', foreignUserId);
}

const withIdsInside = (body: unknown, data: TableData): unknown =>
  JSON.parse(withIds(JSON.stringify(body), data));

const newProduct = (change: object) => ({
  sku: randomUUID(),
  name: 'Thing',
  price_cents: 100,
  currency: 'EUR',
  ...change,
});
const anOrder = (...quantities: unknown[]) => ({
  items: quantities.map((quantity) => ({ product_id: '{product}', quantity })),
});

const badRequest: [number, string] = [400, 'bad_request'];
const invalid: [number, string] = [422, 'invalid_input'];
const tooLong = 'x'.repeat(300_000);

function withToken(title: string, token: (data: TableData) => RawRequest['token'], challenge: string): Row {
  return {
    title,
    request: (data) => ({ path: '/v1/me', token: token(data) }),
    ...{ status: 401, outcome: 'unauthenticated', header: ['www-authenticate', challenge] },
  };
}

export const restTable: Table = {
  'invalid or empty JSON': ['{', '', '[]', 'null', '"text"', '{"items":[]}}', '{items:[]}'].map((body) =>
    row(JSON.stringify(body), ['customer', 'POST /v1/orders', body], badRequest),
  ),

  'unknown field, wrong type, 2^31, 1.5': [
    row('an unknown member', ['customer', 'POST /v1/orders', { ...anOrder(1), price_cents: 1 }], invalid),
    row('an unknown parameter', ['anonymous', 'GET /v1/products?colour=red'], badRequest),
    row('a missing member', ['customer', 'POST /v1/orders', {}], invalid),
    row('a string for a number', ['customer', 'POST /v1/orders', anOrder('1')], invalid),
    row('a number for a string', ['admin', 'POST /v1/products', newProduct({ name: 1 })], invalid),
    row('null for a string', ['admin', 'PATCH /v1/products/{product}', { name: null }], invalid),
    row('a quantity of 2^31', ['customer', 'POST /v1/orders', anOrder(2 ** 31)], invalid),
    row('a quantity of 1.5', ['customer', 'POST /v1/orders', anOrder(1.5)], invalid),
    row(
      'a quantity of 1e400',
      ['customer', 'POST /v1/orders', '{"items":[{"product_id":"x","quantity":1e400}]}'],
      invalid,
    ),
    row('a stock of 2^31', ['admin', 'POST /v1/products', newProduct({ stock: 2 ** 31 })], invalid),
    row('a price of 1.5', ['admin', 'POST /v1/products', newProduct({ price_cents: 1.5 })], invalid),
    row('a price of 2^53', ['admin', 'POST /v1/products', newProduct({ price_cents: 2 ** 53 })], invalid),
    row('a price of -1', ['admin', 'POST /v1/products', newProduct({ price_cents: -1 })], invalid),
    row('a limit of 1.5', ['anonymous', 'GET /v1/products?limit=1.5'], badRequest),
    row('a limit of 2^31', ['anonymous', 'GET /v1/products?limit=2147483648'], badRequest),
    row(
      'a price parameter of 2^53',
      ['anonymous', 'GET /v1/products?min_price_cents=9007199254740992'],
      badRequest,
    ),
    row('a repeated parameter', ['anonymous', 'GET /v1/products?limit=1&limit=2'], badRequest),
    row('an unknown status', ['admin', 'PATCH /v1/orders/{order}', { status: 'PAID' }], invalid),
  ],

  'quantity 0, -1, 1000; unknown currency; too many lines': [
    ...[0, -1, 1_000, -(2 ** 31)].map((quantity) =>
      row(`a quantity of ${quantity}`, ['customer', 'POST /v1/orders', anOrder(quantity)], invalid),
    ),
    row('no lines', ['customer', 'POST /v1/orders', anOrder()], invalid),
    row(
      '101 lines',
      ['customer', 'POST /v1/orders', anOrder(...Array.from({ length: 101 }, () => 1))],
      invalid,
    ),
    row(
      'two lines of a product with too many units together',
      ['customer', 'POST /v1/orders', anOrder(500, 500)],
      invalid,
    ),
    row('an unknown currency', ['admin', 'POST /v1/products', newProduct({ currency: 'XXY' })], invalid),
    row('a currency in lower case', ['admin', 'POST /v1/products', newProduct({ currency: 'eur' })], invalid),
    row(
      'an adjustment of 0',
      ['admin', 'POST /v1/products/{product}/stock', { delta: 0, reason: 'x' }],
      invalid,
    ),
  ],

  'IDs that are not UUIDs': [
    row('a product', ['anonymous', 'GET /v1/products/none'], [404, 'product_not_found']),
    row(
      'a product to change',
      ['admin', 'PATCH /v1/products/none', { name: 'x' }],
      [404, 'product_not_found'],
    ),
    row(
      'a product to stock',
      ['admin', 'POST /v1/products/none/stock', { delta: 1, reason: 'x' }],
      [404, 'product_not_found'],
    ),
    row('an order', ['customer', 'GET /v1/orders/none'], [404, 'order_not_found']),
    row('an order to pay', ['customer', 'POST /v1/orders/none/pay'], [404, 'order_not_found']),
    row('an order to cancel', ['customer', 'POST /v1/orders/none/cancel'], [404, 'order_not_found']),
    row(
      'an order to change',
      ['admin', 'PATCH /v1/orders/none', { status: 'CANCELLED' }],
      [404, 'order_not_found'],
    ),
    row('a session', ['customer', 'DELETE /v1/me/sessions/none'], [404, 'session_not_found']),
    row('a UUID with a suffix', ['anonymous', 'GET /v1/products/{product}%27--'], [404, 'product_not_found']),
    row(
      'a product in a body',
      ['customer', 'POST /v1/orders', { items: [{ product_id: 'none', quantity: 1 }] }],
      invalid,
    ),
    row('a user in a parameter', ['admin', 'GET /v1/orders?user_id=none'], badRequest),
  ],

  'bad cursor, limit 0 or 101': [
    ...[
      'limit=0',
      'limit=101',
      'limit=-1',
      'limit=ten',
      'limit=',
      'cursor=',
      'cursor=x',
      'cursor=WyJORVdFU1QiXQ',
    ].map((query) => row(query, ['anonymous', `GET /v1/products?${query}`], badRequest)),
    ...['limit=0', 'limit=101', 'cursor=x'].map((query) =>
      row(`orders: ${query}`, ['customer', `GET /v1/orders?${query}`], badRequest),
    ),
  ],

  'missing, expired or forged token': [
    withToken('no token', () => undefined, 'Bearer'),
    withToken('an expired token', ({ expiredToken }) => expiredToken, 'Bearer error="invalid_token"'),
    withToken('a forged token', ({ forgedToken }) => forgedToken, 'Bearer error="invalid_token"'),
    withToken('a token that is not a JWT', () => 'x.y.z', 'Bearer error="invalid_token"'),
  ],

  'missing role, data of another customer': [
    row(
      'a product created by a customer',
      ['customer', 'POST /v1/products', newProduct({})],
      [403, 'forbidden'],
    ),
    row(
      'an order changed by a customer',
      ['customer', 'PATCH /v1/orders/{order}', { status: 'CANCELLED' }],
      [403, 'forbidden'],
    ),
    row(
      'orders of another customer',
      ['customer', 'GET /v1/orders?user_id={foreign user}'],
      [403, 'forbidden'],
    ),
    row(
      'an order of another customer',
      ['customer', 'GET /v1/orders/{foreign order}'],
      [404, 'order_not_found'],
    ),
    row(
      'an order of another customer to pay',
      ['customer', 'POST /v1/orders/{foreign order}/pay'],
      [404, 'order_not_found'],
    ),
    row(
      'an order of another customer to cancel',
      ['customer', 'POST /v1/orders/{foreign order}/cancel'],
      [404, 'order_not_found'],
    ),
    row(
      "a customer's order, paid by an admin",
      ['admin', 'POST /v1/orders/{foreign order}/pay'],
      [404, 'order_not_found'],
    ),
  ],

  'body too large, header too large': [
    row(
      'a body',
      ['anonymous', 'POST /v1/auth/login', { email: tooLong, password: 'x' }],
      [413, 'payload_too_large'],
    ),
    row(
      'a webhook',
      ['anonymous', 'POST /v1/payments/webhooks/simulator', tooLong],
      [413, 'payload_too_large'],
    ),
    {
      title: 'a header',
      request: () => ({ path: '/v1/products', headers: { 'x-filler': 'x'.repeat(20_000) } }),
      ...{ status: 431, outcome: 'headers_too_large' },
    },
  ],

  'a body that does not match its headers': [
    ['Content-Type', 'application/json; charset=utf-16', 400, 'bad_request'],
    ['Content-Type', 'json', 415, 'unsupported_media_type'],
    ['Content-Encoding', 'gzip', 415, 'unsupported_media_type'],
  ].map(([name, value, status, outcome]) => ({
    title: `${name}: ${value}`,
    request: ({ customerToken: token }) => ({
      path: '/v1/orders',
      token,
      body: { items: [] },
      headers: { [String(name).toLowerCase()]: String(value) },
    }),
    status: Number(status),
    outcome: String(outcome),
  })),

  'wrong method': [
    row(
      'PUT of products',
      ['admin', 'PUT /v1/products', {}],
      [405, 'method_not_allowed'],
      ['allow', 'GET, HEAD, POST'],
    ),
    row(
      'DELETE of a product',
      ['admin', 'DELETE /v1/products/{product}'],
      [405, 'method_not_allowed'],
      ['allow', 'GET, HEAD, PATCH'],
    ),
    row(
      'GET of a payment',
      ['customer', 'GET /v1/orders/{order}/pay'],
      [405, 'method_not_allowed'],
      ['allow', 'POST'],
    ),
    row('an unknown path', ['anonymous', 'GET /v1/nothing'], [404, 'not_found']),
  ],

  'NUL and lone surrogates in text': invalidTexts.flatMap((text) => [
    row(
      `${JSON.stringify(text)} in the password of a login`,
      ['anonymous', 'POST /v1/auth/login', { email: 'a@example.com', password: `P@ssw0rd${text}` }],
      [401, 'invalid_credentials'],
    ),
    row(
      `${JSON.stringify(text)} as a name`,
      ['admin', 'POST /v1/products', newProduct({ name: text })],
      invalid,
    ),
    row(
      `${JSON.stringify(text)} as a SKU`,
      ['admin', 'POST /v1/products', newProduct({ sku: text })],
      invalid,
    ),
    row(
      `${JSON.stringify(text)} as a description`,
      ['admin', 'PATCH /v1/products/{product}', { description: text }],
      invalid,
    ),
    row(
      `${JSON.stringify(text)} as a reason`,
      ['admin', 'POST /v1/products/{product}/stock', { delta: 1, reason: text }],
      invalid,
    ),
    row(
      `${JSON.stringify(text)} in an email`,
      ['anonymous', 'POST /v1/auth/register', { email: `${text}@example.com`, password: 'P@ssw0rd' }],
      invalid,
    ),
    row(
      `${JSON.stringify(text)} in a password`,
      ['anonymous', 'POST /v1/auth/register', { email: 'a@example.com', password: `P@ssw0rd${text}` }],
      invalid,
    ),
  ]),

  'naughty strings: SQL, HTML, bidi, CRLF': validNaughtyTexts.map((text) =>
    row(
      JSON.stringify(text),
      ['admin', 'POST /v1/products', newProduct({ name: text, description: text })],
      [201, 'success'],
    ),
  ),

  '__proto__ keys': [
    '{"__proto__":{"role":"ADMIN"},"items":[]}',
    '{"items":[{"__proto__":{"quantity":1}}]}',
    '{"constructor":{"prototype":{"role":"ADMIN"}}}',
  ].map((body) => row(body, ['customer', 'POST /v1/orders', body], badRequest)),
};
