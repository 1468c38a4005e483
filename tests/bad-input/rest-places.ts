import { randomUUID } from 'node:crypto';
import { percentEncoded, type RawRequest } from './raw-client';
import { naughtySample, naughtyStrings } from './naughty-strings';
import { type Given, inHeader, type Place } from './place';

type Send = (text: string, given: Given) => RawRequest | undefined;

const newProduct = () => ({ sku: randomUUID(), name: 'Thing', price_cents: 100, currency: 'EUR' });
const orderOf = (text: string, { orderIds }: Given) => orderIds[text.length % orderIds.length] ?? '';

const anyone =
  (path: string, body: (text: string) => object): Send =>
  (text) => ({ path, body: body(text) });

const byAdmin =
  (method: string, path: (text: string, given: Given) => string, body: (text: string) => object): Send =>
  (text, given) => ({ method, path: path(text, given), token: given.adminToken, body: body(text) });

const byCustomer =
  (method: string, path: (text: string, given: Given) => string, body?: (text: string) => object): Send =>
  (text, given) => ({
    ...{ method, path: path(text, given), token: given.customerToken },
    ...(body && { body: body(text) }),
  });

/** A request with the text in a header; it is left out where no header can hold the text. */
const withHeader =
  (name: string, send: Send): Send =>
  (text, given) => {
    const headers = inHeader(name, text);
    const request = send(text, given);
    return headers && request && { ...request, headers };
  };

const ofProduct = (_text: string, { productId }: Given) => `/v1/products/${productId}`;
const stockOfProduct = (text: string, given: Given) => `${ofProduct(text, given)}/stock`;
const ofOrder = (text: string, given: Given) => `/v1/orders/${orderOf(text, given)}`;
const at =
  (before: string, after = '') =>
  (text: string) =>
    `${before}${percentEncoded(text)}${after}`;

/** 400 where the text is no UTF-8, so that the address cannot be read. */
const noSuchThing = [404, 400];

/** Dear ones: a password is hashed for each. They come first, because failed log-ins close the door to the next. */
const signInPlaces: Place[] = [
  {
    name: 'POST /v1/auth/register: password',
    texts: naughtySample,
    isDear: true,
    request: anyone('/v1/auth/register', (password) => ({ email: `${randomUUID()}@example.com`, password })),
    statuses: [201, 422],
  },
  {
    name: 'POST /v1/auth/login: password',
    texts: naughtySample,
    isDear: true,
    request: anyone('/v1/auth/login', (password) => ({ email: `${randomUUID()}@example.com`, password })),
    statuses: [401],
  },
  {
    name: 'POST /v1/auth/login: header User-Agent',
    texts: naughtySample,
    isDear: true,
    request: withHeader('user-agent', (_text, { customerEmail: email, customerPassword: password }) => ({
      path: '/v1/auth/login',
      body: { email, password },
    })),
    statuses: [200],
  },
  {
    name: 'POST /v1/auth/register: email',
    // Too short, so that nothing is hashed.
    request: anyone('/v1/auth/register', (email) => ({ email, password: 'short' })),
    statuses: [422],
  },
  {
    name: 'POST /v1/auth/login: email',
    isDear: true,
    request: anyone('/v1/auth/login', (email) => ({ email, password: 'short' })),
    statuses: [401, 429],
  },
  {
    name: 'POST /v1/auth/password: current_password',
    // Too short, so that nothing is hashed.
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
    isDear: true,
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
    statuses: noSuchThing,
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

const cataloguePlaces: Place[] = [
  {
    name: 'GET /v1/products: every parameter that is no free text',
    positions: 6,
    request: (text) => {
      const names = ['limit', 'in_stock', 'min_price_cents', 'max_price_cents', 'currency', 'sort'];
      return { path: `/v1/products?${names.map((name) => `${name}=${percentEncoded(text)}`).join('&')}` };
    },
    // 431: six times the longest text.
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
    // 200: a parameter named __proto__ is none.
    statuses: [400, 200],
  },
  {
    name: 'GET /v1/products/:id',
    request: (text) => ({ path: at('/v1/products/')(text) }),
    statuses: noSuchThing,
  },
  {
    name: 'GET /v1/products/:id: header If-None-Match',
    request: withHeader('if-none-match', (text, given) => ({ path: ofProduct(text, given) })),
    statuses: [200, 304],
  },
];

const productPlaces: Place[] = [
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
    statuses: noSuchThing,
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
    request: (text, given) => {
      const headers = inHeader('if-match', text, (value) => `"${value}"`);
      return headers && { ...byAdmin('PATCH', ofProduct, () => ({ name: 'Thing' }))(text, given)!, headers };
    },
    statuses: [400, 412],
  },
  {
    name: 'POST /v1/products/:id/stock',
    request: byAdmin('POST', at('/v1/products/', '/stock'), () => ({ delta: 1, reason: 'delivery' })),
    statuses: noSuchThing,
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

const orderPlaces: Place[] = [
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
    // 201: the same text twice, once in quotes, is a repeat.
    statuses: [201, 400, 422],
  },
  {
    name: 'GET /v1/orders: every parameter that is no free text',
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
  { name: 'GET /v1/orders/:id', request: byCustomer('GET', at('/v1/orders/')), statuses: noSuchThing },
  {
    name: 'PATCH /v1/orders/:id',
    request: byAdmin('PATCH', at('/v1/orders/'), () => ({ status: 'CANCELLED' })),
    statuses: noSuchThing,
  },
  {
    name: 'PATCH /v1/orders/:id: status',
    request: byAdmin('PATCH', ofOrder, (status) => ({ status })),
    statuses: [422],
  },
  {
    name: 'POST /v1/orders/:id/cancel',
    request: byCustomer('POST', at('/v1/orders/', '/cancel')),
    statuses: noSuchThing,
  },
  {
    name: 'POST /v1/orders/:id/pay',
    request: byCustomer('POST', at('/v1/orders/', '/pay'), () => ({})),
    statuses: noSuchThing,
  },
  {
    name: 'POST /v1/orders/:id/pay: payment_method',
    request: byCustomer(
      'POST',
      (text, given) => `${ofOrder(text, given)}/pay`,
      (text) => ({ payment_method: text }),
    ),
    // 409: another of these is under way for the same order.
    statuses: [400, 409],
  },
  {
    name: 'POST /v1/orders/:id/pay: return_url',
    request: byCustomer(
      'POST',
      (text, given) => `${ofOrder(text, given)}/pay`,
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
        (text, given) => `${ofOrder(text, given)}/pay`,
        () => ({ payment_method: 'sim_declined' }),
      ),
    ),
    statuses: [402, 409, 400, 422],
  },
  {
    name: 'POST /v1/orders/:id/cancel: header Idempotency-Key',
    request: withHeader(
      'idempotency-key',
      byCustomer('POST', (text, given) => `${ofOrder(text, given)}/cancel`),
    ),
    statuses: [200, 409, 400, 422],
  },
];

const webhookPlaces: Place[] = [
  {
    name: 'POST /v1/payments/webhooks/:provider',
    request: (text) => ({ path: at('/v1/payments/webhooks/')(text), body: {} }),
    statuses: noSuchThing,
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

const addressPlaces: Place[] = [
  {
    name: 'GET /:path',
    // The empty text is the page of links at /.
    texts: naughtyStrings.filter((text) => text !== ''),
    request: (text) => ({ path: at('/')(text) }),
    statuses: noSuchThing,
  },
  {
    name: 'a method of that name',
    texts: ['BREW', 'PROPFIND', 'PURGE', 'TRACE', 'OPTIONS', 'PUT', 'M-SEARCH'],
    request: (method) => ({ method, path: '/v1/products' }),
    // 204: the answer to a browser that asks before it sends.
    statuses: [405, 404, 400, 204],
  },
];

/** Every string of the REST facade. Payments come last, because they use the orders up. */
export const restPlaces: readonly Place[] = [
  ...signInPlaces,
  ...cataloguePlaces,
  ...productPlaces,
  ...orderPlaces,
  ...webhookPlaces,
  ...addressPlaces,
];
