import { randomUUID } from 'node:crypto';
import { percentEncoded, type RawRequest } from './raw-client';
import { naughtySample, naughtyStrings } from './naughty-strings';
import { type TestData, inHeader, type TextInput } from './text-input';

type Send = (text: string, data: TestData) => RawRequest | undefined;

const newProduct = () => ({ sku: randomUUID(), name: 'Thing', price_cents: 100, currency: 'EUR' });
const orderOf = (text: string, { orderIds }: TestData) => orderIds[text.length % orderIds.length] ?? '';

const anyone =
  (path: string, body: (text: string) => object): Send =>
  (text) => ({ path, body: body(text) });

const byAdmin =
  (method: string, path: (text: string, data: TestData) => string, body: (text: string) => object): Send =>
  (text, data) => ({ method, path: path(text, data), token: data.adminToken, body: body(text) });

const byCustomer =
  (method: string, path: (text: string, data: TestData) => string, body?: (text: string) => object): Send =>
  (text, data) => ({
    ...{ method, path: path(text, data), token: data.customerToken },
    ...(body && { body: body(text) }),
  });

/** A request with the text in a header; undefined if no header can contain it. */
const withHeader =
  (name: string, send: Send): Send =>
  (text, data) => {
    const headers = inHeader(name, text);
    const request = send(text, data);
    return headers && request && { ...request, headers };
  };

const ofProduct = (_text: string, { productId }: TestData) => `/v1/products/${productId}`;
const stockOfProduct = (text: string, data: TestData) => `${ofProduct(text, data)}/stock`;
const ofOrder = (text: string, data: TestData) => `/v1/orders/${orderOf(text, data)}`;
const at =
  (before: string, after = '') =>
  (text: string) =>
    `${before}${percentEncoded(text)}${after}`;

/** 400 if the path is not valid UTF-8. */
const notFound = [404, 400];

/** Inputs that hash a password come first, because failed logins throttle the following ones. */
const loginInputs: TextInput[] = [
  {
    name: 'POST /v1/auth/register: password',
    texts: naughtySample,
    isSequential: true,
    request: anyone('/v1/auth/register', (password) => ({ email: `${randomUUID()}@example.com`, password })),
    statuses: [201, 422],
  },
  {
    name: 'POST /v1/auth/login: password',
    texts: naughtySample,
    isSequential: true,
    request: anyone('/v1/auth/login', (password) => ({ email: `${randomUUID()}@example.com`, password })),
    statuses: [401],
  },
  {
    name: 'POST /v1/auth/login: header User-Agent',
    texts: naughtySample,
    isSequential: true,
    request: withHeader('user-agent', (_text, { customerEmail: email, customerPassword: password }) => ({
      path: '/v1/auth/login',
      body: { email, password },
    })),
    statuses: [200],
  },
  {
    name: 'POST /v1/auth/register: email',
    // The password is too short, so that it is not hashed.
    request: anyone('/v1/auth/register', (email) => ({ email, password: 'short' })),
    statuses: [422],
  },
  {
    name: 'POST /v1/auth/login: email',
    isSequential: true,
    request: anyone('/v1/auth/login', (email) => ({ email, password: 'short' })),
    statuses: [401, 429],
  },
  {
    name: 'POST /v1/auth/password: current_password',
    // The new password is too short, so that no password is hashed.
    request: byCustomer(
      'POST',
      () => '/v1/auth/password',
      (text) => ({ current_password: text, new_password: 'short' }),
    ),
    statuses: [422],
  },
  {
    name: 'POST /v1/auth/password: new_password',
    texts: naughtySample,
    isSequential: true,
    request: byCustomer(
      'POST',
      () => '/v1/auth/password',
      (text) => ({ current_password: 'not the one', new_password: text }),
    ),
    statuses: [401, 422, 429],
  },
  {
    name: 'POST /v1/auth/refresh: refresh_token',
    request: anyone('/v1/auth/refresh', (text) => ({ refresh_token: text })),
    statuses: [401],
  },
  {
    name: 'POST /v1/auth/logout: refresh_token',
    request: anyone('/v1/auth/logout', (text) => ({ refresh_token: text })),
    statuses: [204],
  },
  {
    name: 'DELETE /v1/me/sessions/:id',
    request: byCustomer('DELETE', at('/v1/me/sessions/')),
    statuses: notFound,
  },
  {
    name: 'GET /v1/me: header Authorization',
    request: withHeader('authorization', () => ({ path: '/v1/me' })),
    statuses: [401],
  },
  {
    name: 'GET /v1/me: bearer token',
    request: (text) => {
      const headers = inHeader('authorization', text, (value) => `Bearer ${value}`);
      return headers && { path: '/v1/me', headers };
    },
    statuses: [401],
  },
  {
    name: 'GET /v1/me: header X-Request-Id',
    request: withHeader('x-request-id', () => ({ path: '/v1/me' })),
    statuses: [401],
  },
];

const catalogueInputs: TextInput[] = [
  {
    name: 'GET /v1/products: every parameter that is not free text',
    positions: 6,
    request: (text) => {
      const names = ['limit', 'in_stock', 'min_price_cents', 'max_price_cents', 'currency', 'sort'];
      return { path: `/v1/products?${names.map((name) => `${name}=${percentEncoded(text)}`).join('&')}` };
    },
    // 431: six times the longest text exceeds the limit of the headers.
    statuses: [400, 431],
  },
  {
    name: 'GET /v1/products: search',
    request: (text) => ({ path: at('/v1/products?search=')(text) }),
    statuses: [200, 400],
  },
  {
    name: 'GET /v1/products: cursor',
    request: (text) => ({ path: at('/v1/products?cursor=')(text) }),
    statuses: [400],
  },
  {
    name: 'GET /v1/products: name of a parameter',
    request: (text) => ({ path: at('/v1/products?', '=1')(text) }),
    // 200: a parameter named __proto__ is ignored.
    statuses: [400, 200],
  },
  {
    name: 'GET /v1/products/:id',
    request: (text) => ({ path: at('/v1/products/')(text) }),
    statuses: notFound,
  },
  {
    name: 'GET /v1/products/:id: header If-None-Match',
    request: withHeader('if-none-match', (text, data) => ({ path: ofProduct(text, data) })),
    statuses: [200, 304],
  },
];

const productInputs: TextInput[] = [
  {
    name: 'POST /v1/products: sku',
    request: byAdmin(
      'POST',
      () => '/v1/products',
      (sku) => ({ ...newProduct(), sku }),
    ),
    statuses: [201, 409, 422],
  },
  {
    name: 'POST /v1/products: currency',
    request: byAdmin(
      'POST',
      () => '/v1/products',
      (currency) => ({ ...newProduct(), currency }),
    ),
    statuses: [422],
  },
  {
    name: 'POST /v1/products: name of a member',
    request: byAdmin(
      'POST',
      () => '/v1/products',
      (name) => ({ ...newProduct(), [name]: 'x' }),
    ),
    statuses: [422, 400],
  },
  {
    name: 'POST /v1/products: header Idempotency-Key',
    request: withHeader(
      'idempotency-key',
      byAdmin('POST', () => '/v1/products', newProduct),
    ),
    statuses: [201, 400, 422],
  },
  {
    name: 'PATCH /v1/products/:id',
    request: byAdmin('PATCH', at('/v1/products/'), () => ({ name: 'Thing' })),
    statuses: notFound,
  },
  {
    name: 'PATCH /v1/products/:id: sku',
    request: byAdmin('PATCH', ofProduct, (sku) => ({ sku })),
    statuses: [200, 409, 422],
  },
  {
    name: 'PATCH /v1/products/:id: header If-Match',
    request: withHeader(
      'if-match',
      byAdmin('PATCH', ofProduct, () => ({ name: 'Thing' })),
    ),
    statuses: [200, 400, 412],
  },
  {
    name: 'PATCH /v1/products/:id: If-Match with the text as its version',
    request: (text, data) => {
      const headers = inHeader('if-match', text, (value) => `"${value}"`);
      return headers && { ...byAdmin('PATCH', ofProduct, () => ({ name: 'Thing' }))(text, data)!, headers };
    },
    statuses: [400, 412],
  },
  {
    name: 'POST /v1/products/:id/stock',
    request: byAdmin('POST', at('/v1/products/', '/stock'), () => ({ delta: 1, reason: 'delivery' })),
    statuses: notFound,
  },
  {
    name: 'POST /v1/products/:id/stock: reason',
    request: byAdmin('POST', stockOfProduct, (reason) => ({ delta: 1, reason })),
    statuses: [200, 422],
  },
  {
    name: 'POST /v1/products/:id/stock: header Idempotency-Key',
    request: withHeader(
      'idempotency-key',
      byAdmin('POST', stockOfProduct, () => ({ delta: 1, reason: 'delivery' })),
    ),
    statuses: [200, 400, 422],
  },
];

const orderInputs: TextInput[] = [
  {
    name: 'POST /v1/orders: product_id',
    request: byCustomer(
      'POST',
      () => '/v1/orders',
      (text) => ({ items: [{ product_id: text, quantity: 1 }] }),
    ),
    statuses: [422],
  },
  {
    name: 'POST /v1/orders: body',
    request: (text, { customerToken: token }) => ({ path: '/v1/orders', token, body: text }),
    statuses: [400, 422],
  },
  {
    name: 'POST /v1/orders: header Idempotency-Key',
    request: withHeader('idempotency-key', (_text, { customerToken: token, productId }) => ({
      ...{ path: '/v1/orders', token },
      body: { items: [{ product_id: productId, quantity: 1 }] },
    })),
    // 201: a text with and without quotes is the same key, and the second request is a replay.
    statuses: [201, 400, 422],
  },
  {
    name: 'GET /v1/orders: every parameter that is not free text',
    positions: 3,
    request: byCustomer('GET', (text) => {
      const value = percentEncoded(text);
      return `/v1/orders?limit=${value}&status=${value}&user_id=${value}`;
    }),
    statuses: [400],
  },
  {
    name: 'GET /v1/orders: cursor',
    request: byCustomer('GET', at('/v1/orders?cursor=')),
    statuses: [400],
  },
  { name: 'GET /v1/orders/:id', request: byCustomer('GET', at('/v1/orders/')), statuses: notFound },
  {
    name: 'PATCH /v1/orders/:id',
    request: byAdmin('PATCH', at('/v1/orders/'), () => ({ status: 'CANCELLED' })),
    statuses: notFound,
  },
  {
    name: 'PATCH /v1/orders/:id: status',
    request: byAdmin('PATCH', ofOrder, (status) => ({ status })),
    statuses: [422],
  },
  {
    name: 'POST /v1/orders/:id/cancel',
    request: byCustomer('POST', at('/v1/orders/', '/cancel')),
    statuses: notFound,
  },
  {
    name: 'POST /v1/orders/:id/pay',
    request: byCustomer('POST', at('/v1/orders/', '/pay'), () => ({})),
    statuses: notFound,
  },
  {
    name: 'POST /v1/orders/:id/pay: payment_method',
    request: byCustomer(
      'POST',
      (text, data) => `${ofOrder(text, data)}/pay`,
      (text) => ({ payment_method: text }),
    ),
    // 409: another payment of the same order is in progress.
    statuses: [400, 409],
  },
  {
    name: 'POST /v1/orders/:id/pay: return_url',
    request: byCustomer(
      'POST',
      (text, data) => `${ofOrder(text, data)}/pay`,
      (text) => ({ payment_method: 'none', return_url: text }),
    ),
    statuses: [400, 409],
  },
  {
    name: 'POST /v1/payments/simulator/authentications: client_secret',
    request: byCustomer(
      'POST',
      () => '/v1/payments/simulator/authentications',
      (text) => ({
        client_secret: text,
        outcome: 'FAILED',
      }),
    ),
    statuses: [404],
  },
  {
    name: 'POST /v1/payments/simulator/authentications: outcome',
    request: byCustomer(
      'POST',
      () => '/v1/payments/simulator/authentications',
      (text) => ({
        client_secret: 'none',
        outcome: text,
      }),
    ),
    statuses: [422],
  },
  {
    name: 'POST /v1/orders/:id/pay: header Idempotency-Key',
    request: withHeader(
      'idempotency-key',
      byCustomer(
        'POST',
        (text, data) => `${ofOrder(text, data)}/pay`,
        () => ({ payment_method: 'sim_declined' }),
      ),
    ),
    statuses: [402, 409, 400, 422],
  },
  {
    name: 'POST /v1/orders/:id/cancel: header Idempotency-Key',
    request: withHeader(
      'idempotency-key',
      byCustomer('POST', (text, data) => `${ofOrder(text, data)}/cancel`),
    ),
    statuses: [200, 409, 400, 422],
  },
];

const webhookInputs: TextInput[] = [
  {
    name: 'POST /v1/payments/webhooks/:provider',
    request: (text) => ({ path: at('/v1/payments/webhooks/')(text), body: {} }),
    statuses: notFound,
  },
  {
    name: 'POST /v1/payments/webhooks/simulator: body',
    request: (text) => ({ path: '/v1/payments/webhooks/simulator', body: text }),
    statuses: [400],
  },
  {
    name: 'POST /v1/payments/webhooks/simulator: header Simulator-Signature',
    request: withHeader('simulator-signature', () => ({ path: '/v1/payments/webhooks/simulator', body: {} })),
    statuses: [400],
  },
  {
    name: 'POST /v1/payments/webhooks/simulator: header Content-Type',
    request: withHeader('content-type', () => ({ path: '/v1/payments/webhooks/simulator', body: {} })),
    statuses: [400, 415],
  },
];

const addressInputs: TextInput[] = [
  {
    name: 'GET /:path',
    // Without the empty text, because / exists.
    texts: naughtyStrings.filter((text) => text !== ''),
    request: (text) => ({ path: at('/')(text) }),
    statuses: notFound,
  },
  {
    name: 'method of /v1/products',
    texts: ['BREW', 'PROPFIND', 'PURGE', 'TRACE', 'OPTIONS', 'PUT', 'M-SEARCH'],
    request: (method) => ({ method, path: '/v1/products' }),
    // 204: a CORS preflight request.
    statuses: [405, 404, 400, 204],
  },
];

/** Every input of the REST facade that accepts text. */
export const restTextInputs: readonly TextInput[] = [
  ...loginInputs,
  ...catalogueInputs,
  ...productInputs,
  ...orderInputs,
  ...webhookInputs,
  ...addressInputs,
];
