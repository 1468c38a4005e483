import { uniqueName } from '../fresh-data';
import { signedWebhook } from '../signed-webhook';
import { defineRequests, type HttpRequest } from './request';

const accounts = defineRequests<HttpRequest>()({
  'POST /v1/auth/register': () => ({
    body: { email: `${uniqueName()}@example.com`, password: 'P@ssw0rd' },
  }),
  'POST /v1/auth/login': ({ credentials }) => ({ body: credentials }),
  'POST /v1/auth/refresh': async ({ fresh }) => ({
    body: { refresh_token: (await fresh.session()).refreshToken },
  }),
  'POST /v1/auth/password': async ({ fresh, state, credentials: { password } }) => {
    const session = await fresh.session();
    return {
      body: { current_password: password, new_password: password },
      state: () => state.isOpen(session.id),
    };
  },
  'POST /v1/auth/logout': async ({ fresh, state }) => {
    const session = await fresh.session();
    return { body: { refresh_token: session.refreshToken }, state: () => state.isOpen(session.id) };
  },
  'GET /v1/me': ({ owner }) => ({ marker: owner.email }),
  'GET /v1/me/sessions': async ({ fresh }) => ({ marker: (await fresh.session()).id }),
  'DELETE /v1/me/sessions/:id': async ({ fresh, state }) => {
    const { id } = await fresh.session();
    return { path: `/v1/me/sessions/${id}`, state: () => state.isOpen(id) };
  },
});

const products = defineRequests<HttpRequest>()({
  'GET /v1/products': ({ product }) => ({
    path: `/v1/products?search=${product.name}`,
    marker: product.id,
  }),
  'GET /v1/products/:id': ({ product }) => ({ path: `/v1/products/${product.id}`, marker: product.sku }),
  'POST /v1/products': ({ state }) => {
    const sku = uniqueName();
    return {
      body: { sku, name: 'New', price_cents: 1_000, currency: 'EUR', stock: 1 },
      state: () => state.productWithSku(sku),
    };
  },
  'PATCH /v1/products/:id': async ({ fresh, state }) => {
    const { id } = await fresh.product();
    return { path: `/v1/products/${id}`, body: { name: 'Renamed' }, state: () => state.product(id) };
  },
  'POST /v1/products/:id/stock': async ({ fresh, state }) => {
    const { id } = await fresh.product();
    return {
      path: `/v1/products/${id}/stock`,
      body: { delta: 1, reason: 'found one' },
      state: () => state.product(id),
    };
  },
});

const orders = defineRequests<HttpRequest>()({
  'POST /v1/orders': async ({ fresh, state }) => {
    const { id } = await fresh.product();
    return { body: { items: [{ product_id: id, quantity: 1 }] }, state: () => state.product(id) };
  },
  'GET /v1/orders': ({ product }) => ({ path: '/v1/orders?limit=100', marker: product.sku }),
  'GET /v1/orders of one user': ({ owner, product }) => ({
    path: `/v1/orders?limit=100&user_id=${owner.id}`,
    marker: product.sku,
  }),
  'GET /v1/orders/:id': ({ order, product }) => ({ path: `/v1/orders/${order.id}`, marker: product.sku }),
  'PATCH /v1/orders/:id': async ({ fresh, state }) => {
    const { id } = await fresh.order();
    return { path: `/v1/orders/${id}`, body: { status: 'CANCELLED' }, state: () => state.order(id) };
  },
  'POST /v1/orders/:id/cancel': async ({ fresh, state }) => {
    const { id } = await fresh.order();
    return { path: `/v1/orders/${id}/cancel`, state: () => state.order(id) };
  },
  'POST /v1/orders/:id/pay': async ({ fresh, state }) => {
    const { id } = await fresh.order();
    return {
      path: `/v1/orders/${id}/pay`,
      body: { payment_method: 'sim_success' },
      state: () => state.order(id),
    };
  },
});

const webhooks = defineRequests<HttpRequest>()({
  'POST /v1/payments/webhooks/:provider': () => ({
    path: '/v1/payments/webhooks/simulator',
    ...signedWebhook(),
  }),
  'POST /v1/payments/webhooks/:provider without a signature': () => ({
    path: '/v1/payments/webhooks/simulator',
    body: signedWebhook().body,
  }),
});

const simulator = defineRequests<HttpRequest>()({
  'POST /v1/payments/simulator/authentications': async ({ fresh, state }) => {
    const { id, clientSecret } = await fresh.paymentRequiringAction();
    return {
      body: { client_secret: clientSecret, outcome: 'FAILED' },
      state: () => state.charge(id),
    };
  },
});

/** The REST facade. */
export const restRoutes = { ...accounts, ...products, ...orders, ...simulator, ...webhooks };
