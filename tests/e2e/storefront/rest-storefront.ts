import type { Order, Outcome, Paid, Product, Session, Storefront } from './storefront';

interface Call {
  method?: 'GET' | 'POST';
  token?: string | undefined;
  body?: object;
  key?: string | undefined;
}

interface RestOrder {
  id: string;
  status: Order['status'];
  total_cents: number;
  currency: string;
  cancel_reason: string | null;
  expires_at: string | null;
  items: { product_id: string; sku: string; quantity: number; price_cents: number }[];
  payments: RestPayment[];
}

interface RestPayment {
  id: string;
  status: string;
  amount_cents: number;
  next_action?: { type: string; client_secret: string; redirect_url: string | null } | null;
}

interface RestProduct {
  id: string;
  sku: string;
  name: string;
  price_cents: number;
  currency: string;
  stock: number;
}

interface RestSession {
  user: { id: string };
  access_token: string;
  refresh_token: string;
}

/** @param url of the gateway */
export function restStorefront(url: string): Storefront {
  async function call<Body, Value>(
    path: string,
    request: Call,
    read: (body: Body) => Value,
  ): Promise<Outcome<Value>> {
    const { method = request.body ? 'POST' : 'GET', token, body, key } = request;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(key ? { 'idempotency-key': key } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const content = (response.status === 204 ? undefined : await response.json()) as Body;
    if (response.ok) {
      return {
        ok: true,
        value: read(content),
        replayed: response.headers.get('idempotent-replayed') === 'true',
      };
    }
    const problem = content as Record<string, unknown>;
    return { ok: false, code: String(problem['code']), problem };
  }

  return {
    api: 'REST',
    register: (body) => call('/v1/auth/register', { body }, toSession),
    login: (body) => call('/v1/auth/login', { body }, toSession),
    refresh: (refreshToken) => call('/v1/auth/refresh', { body: { refresh_token: refreshToken } }, toSession),
    me: (token) => call('/v1/me', { token }, (user: { id: string; email: string }) => user),
    listProducts: ({ search, limit }) => {
      const query = new URLSearchParams();
      if (search) query.set('search', search);
      if (limit) query.set('limit', String(limit));
      return call(`/v1/products?${query.toString()}`, {}, (page: { data: RestProduct[] }) =>
        page.data.map(toProduct),
      );
    },
    product: (id) => call(`/v1/products/${id}`, {}, toProduct),
    createProduct: (token, { priceCents, ...product }) =>
      call('/v1/products', { token, body: { ...product, price_cents: priceCents } }, toProduct),
    placeOrder: (token, lines, key) => {
      const items = lines.map(({ productId, quantity }) => ({ product_id: productId, quantity }));
      return call('/v1/orders', { token, key, body: { items } }, toOrder);
    },
    payOrder: (token, orderId, method, key) => {
      const body = method ? { payment_method: method } : {};
      return call(`/v1/orders/${orderId}/pay`, { token, key, body }, toPaid);
    },
    authenticate: (token, clientSecret, outcome) => {
      const body = { client_secret: clientSecret, outcome };
      return call('/v1/payments/simulator/authentications', { token, body }, () => undefined);
    },
    cancelOrder: (token, orderId) => call(`/v1/orders/${orderId}/cancel`, { token, method: 'POST' }, toOrder),
    order: (token, orderId) => call(`/v1/orders/${orderId}`, { token }, toOrder),
    orders: (token) => call('/v1/orders', { token }, (page: { data: RestOrder[] }) => page.data.map(toOrder)),
  };
}

function toSession(session: RestSession): Session {
  return { userId: session.user.id, accessToken: session.access_token, refreshToken: session.refresh_token };
}

function toProduct({ id, sku, name, price_cents: priceCents, currency, stock }: RestProduct): Product {
  return { id, sku, name, priceCents, currency, stock };
}

function toOrder(order: RestOrder): Order {
  return {
    id: order.id,
    status: order.status,
    totalCents: order.total_cents,
    currency: order.currency,
    cancelReason: order.cancel_reason,
    expiresAt: order.expires_at,
    items: order.items.map((item) => ({
      productId: item.product_id,
      sku: item.sku,
      quantity: item.quantity,
      priceCents: item.price_cents,
    })),
    payments: order.payments.map(({ status, amount_cents: amountCents }) => ({ status, amountCents })),
  };
}

function toPaid({ order, payment }: { order: RestOrder; payment: RestPayment }): Paid {
  const { id, status, amount_cents: amountCents, next_action: action } = payment;
  const nextAction = action
    ? { type: action.type, clientSecret: action.client_secret, redirectUrl: action.redirect_url }
    : null;
  return { order: toOrder(order), payment: { id, status, amountCents, nextAction } };
}
