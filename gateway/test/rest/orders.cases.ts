import { randomUUID } from 'node:crypto';
import { eventually } from '@shop/testkit/eventually';
import { type Order, type Product, type Shop, unknownId } from './shop';

interface Payment {
  id: string;
  order_id: string;
  status: string;
  failure_code: string | null;
}

/** Authentications at the simulator. */
export function authenticationCases(shop: () => Shop): void {
  describe('POST /v1/payments/simulator/authentications', () => {
    it('returns 204 for the outcome of an authentication and its repeat, and 409 for the other outcome', async () => {
      const { access_token: token } = await shop().newCustomer();
      const client_secret = await shop().newClientSecret(token);
      const end = (outcome: 'SUCCEEDED' | 'FAILED') =>
        shop().api.call('simulateAuthentication', { token, body: { client_secret, outcome } });
      expect((await end('SUCCEEDED')).status).toBe(204);
      expect((await end('SUCCEEDED')).status).toBe(204);
      const { status, body } = await end('FAILED');
      expect([status, body['code']]).toEqual([409, 'authentication_ended']);
    });

    it('returns 404 for an unknown client secret', async () => {
      const { access_token: token } = await shop().newCustomer();
      const end = { client_secret: 'unknown', outcome: 'SUCCEEDED' };
      const { status, body } = await shop().api.call('simulateAuthentication', { token, body: end });
      expect([status, body['code']]).toEqual([404, 'payment_not_found']);
    });
  });
}

export function orderCases(shop: () => Shop): void {
  const call = <Body = Record<string, unknown>>(...request: Parameters<Shop['api']['call']>) =>
    shop().api.call<Body>(...request);

  describe('POST /v1/orders', () => {
    it('places an order that then can be read', async () => {
      const { access_token: token, user } = await shop().newCustomer();
      const product = await shop().newProduct({ price_cents: 250 });
      const items = [{ product_id: product.id, quantity: 2 }];
      const { status, headers, body } = await call<Order>('createOrder', { token, body: { items } });
      expect([status, headers.get('location')]).toEqual([201, `/v1/orders/${body.id}`]);
      expect(body).toMatchObject({ status: 'PENDING', user_id: user.id, total_cents: 500, payments: [] });
      expect((await call('getOrder', { token, id: body.id })).body).toEqual(body);
    });

    it('accepts qty for quantity, with any Content-Type', async () => {
      const { access_token: token } = await shop().newCustomer();
      const { id } = await shop().newProduct();
      const body = `{"items":[{"product_id":"${id}","qty":1}]}`;
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      expect((await call('createOrder', { token, body, headers })).status).toBe(201);
    });

    it('replays the first response for the same idempotency key', async () => {
      const { access_token: token } = await shop().newCustomer();
      const { id } = await shop().newProduct();
      const request = {
        token,
        body: { items: [{ product_id: id, qty: 1 }] },
        headers: { 'idempotency-key': randomUUID() },
      };
      const first = await call<Order>('createOrder', request);
      const second = await call<Order>('createOrder', request);
      expect([second.status, second.body.id]).toEqual([201, first.body.id]);
      expect(second.headers.get('idempotent-replayed')).toBe('true');
      expect((await call<Product>('getProduct', { id })).body.stock).toBe(9);
    });

    it('lists each product that is out of stock', async () => {
      const { access_token: token } = await shop().newCustomer();
      const { id } = await shop().newProduct({ stock: 1 });
      const { status, body } = await call('createOrder', {
        token,
        body: { items: [{ product_id: id, qty: 2 }] },
      });
      expect([status, body['code']]).toEqual([409, 'out_of_stock']);
      expect(body['shortages']).toEqual([{ product_id: id, requested: 2, available: 1 }]);
    });

    it('rejects more units of a product than a customer can hold, with the limit, the current units and the product', async () => {
      const { access_token: token } = await shop().newCustomer();
      const { id } = await shop().newProduct({ stock: 1_000 });
      const order = (quantity: number) =>
        call('createOrder', { token, body: { items: [{ product_id: id, quantity }] } });
      expect((await order(60)).status).toBe(201);
      const { status, body } = await order(41);
      expect([status, body['code']]).toEqual([409, 'too_many_open_orders']);
      expect(body['detail']).toContain(
        `at most 100 units of a product in unpaid orders. You hold 60 of product ${id}`,
      );
      expect(body).toMatchObject({ limit: 100, current: 60, product_id: id });
    });

    it('rejects an eleventh unpaid order, with the limit and no product', async () => {
      const { access_token: token } = await shop().newCustomer();
      const { id } = await shop().newProduct({ stock: 1_000 });
      const order = () => call('createOrder', { token, body: { items: [{ product_id: id, quantity: 1 }] } });
      for (let placed = 1; placed <= 10; placed += 1) expect((await order()).status).toBe(201);
      const { status, body } = await order();
      expect([status, body['code']]).toEqual([409, 'too_many_open_orders']);
      expect(body).toMatchObject({ limit: 10, current: 10 });
      expect(body).not.toHaveProperty('product_id');
    });

    it('rejects more than 100 lines, and names at most 20 invalid lines', async () => {
      const { access_token: token } = await shop().newCustomer();
      const tooMany = { items: Array.from({ length: 120_000 }, () => 0) };
      const whole = await call('createOrder', { token, body: tooMany });
      expect([whole.status, whole.body['errors']]).toEqual([
        422,
        [{ path: 'items', message: 'must have at most 100 elements, not 120000' }],
      ]);
      // The lines of the second case have valid types, so the order subgraph rejects them.
      for (const line of [0, { product_id: unknownId, quantity: 0 }]) {
        const body = { items: Array.from({ length: 100 }, () => line) };
        const answer = await call('createOrder', { token, body });
        expect([answer.status, (answer.body['errors'] as object[]).length]).toEqual([422, 20]);
      }
    });

    it('rejects an unknown product', async () => {
      const { access_token: token } = await shop().newCustomer();
      const body = { items: [{ product_id: unknownId, quantity: 1 }] };
      const answer = await call('createOrder', { token, body });
      expect([answer.status, answer.body['code']]).toEqual([404, 'product_not_found']);
    });

    it.each<[string, unknown]>([
      ['items', []],
      ['items.0.quantity', [{ product_id: unknownId, quantity: 0 }]],
      ['items.0.quantity', [{ product_id: unknownId, quantity: 1000 }]],
      ['items.0.quantity', [{ product_id: unknownId, quantity: 1.5 }]],
      ['items.0.quantity', [{ product_id: unknownId }]],
      ['items.0.quantity', [{ product_id: unknownId, quantity: 1, qty: 2 }]],
      ['items.0.qty', [{ product_id: unknownId, qty: '1' }]],
      ['items.0.product_id', [{ product_id: 'no-uuid', quantity: 1 }]],
      ['items.0.price_cents', [{ product_id: unknownId, quantity: 1, price_cents: 1 }]],
    ])('names %s when the items are %j', async (path, items) => {
      const { access_token: token } = await shop().newCustomer();
      const { status, body } = await call('createOrder', { token, body: { items } });
      expect([status, body['code']]).toEqual([422, 'invalid_input']);
      expect(body['errors']).toEqual([expect.objectContaining({ path })]);
    });
  });

  describe('POST /v1/orders/:id/pay', () => {
    const pay = async (payment_method: string, headers: Record<string, string> = {}) => {
      const { access_token: token } = await shop().newCustomer();
      const { order, product } = await shop().newOrder(token);
      const request = { token, id: order.id, body: { payment_method }, headers };
      type Paid = Record<string, unknown> & { order: Order; payment: Payment };
      return { answer: await call<Paid>('payOrder', request), product, request };
    };

    it('confirms the order', async () => {
      const { answer } = await pay('sim_success');
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ order: { status: 'CONFIRMED' }, payment: { status: 'SUCCEEDED' } });
      expect(answer.body.order.payments).toEqual([answer.body.payment]);
    });

    it('accepts a request without a body', async () => {
      const { access_token: token } = await shop().newCustomer();
      const { order } = await shop().newOrder(token);
      const { status } = await call('payOrder', { token, id: order.id });
      expect([200, 402]).toContain(status);
    });

    it('returns the order and the payment of a declined payment', async () => {
      const { answer, product } = await pay('sim_declined');
      expect([answer.status, answer.body['code']]).toEqual([402, 'payment_declined']);
      expect(answer.body).toMatchObject({
        order: { status: 'CANCELLED', cancel_reason: 'PAYMENT_FAILED' },
        payment: { status: 'FAILED', failure_code: 'card_declined' },
      });
      expect((await call<Product>('getProduct', { id: product.id })).body.stock).toBe(product.stock);
    });

    it('returns 422 with the order and the payment if the payment is not possible', async () => {
      const { answer } = await pay('sim_not_possible');
      expect([answer.status, answer.body['code']]).toEqual([422, 'payment_not_possible']);
      expect(answer.headers.get('retry-after')).toBeNull();
      expect(answer.body).toMatchObject({
        order: { status: 'PENDING', cancel_reason: null },
        payment: { status: 'FAILED', failure_code: 'unpayable_amount' },
      });
    });

    it.each(['sim_processing', 'sim_timeout'])(
      'returns 202 while the outcome is unknown: %s',
      async (method) => {
        const { answer } = await pay(method);
        expect([answer.status, answer.body.order.status]).toEqual([202, 'PENDING']);
      },
    );

    it('returns 200 for a repeat of a 202 once the payment is decided', async () => {
      const { answer, request } = await pay('sim_processing', { 'idempotency-key': randomUUID() });
      expect(answer.status).toBe(202);
      await eventually(async () => {
        const again = await call('payOrder', request);
        expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
      });
    });

    it('returns 503 when nothing was charged because the provider is unavailable', async () => {
      const { answer, request } = await pay('sim_unavailable');
      expect([answer.status, answer.body['code']]).toEqual([503, 'upstream_unavailable']);
      const again = await call('payOrder', { ...request, body: { payment_method: 'sim_success' } });
      expect(again.status).toBe(200);
    });

    it('charges once per idempotency key, and rejects the key for another order', async () => {
      const { answer, request } = await pay('sim_success', { 'idempotency-key': randomUUID() });
      const again = await call<{ payment: Payment }>('payOrder', request);
      expect([again.status, again.body.payment.id]).toEqual([200, answer.body.payment.id]);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      const { order } = await shop().newOrder(request.token);
      const other = await call('payOrder', { ...request, id: order.id });
      expect([other.status, other.body['code']]).toEqual([422, 'idempotency_conflict']);
    });

    it('rejects an order that is paid or unknown, and an ID that is not a UUID', async () => {
      const { request } = await pay('sim_success');
      const paid = await call('payOrder', request);
      expect([paid.status, paid.body['code']]).toEqual([409, 'order_state_conflict']);
      for (const id of [unknownId, 'no-uuid']) {
        const { status, body } = await call('payOrder', { ...request, id });
        expect([status, body['code']]).toEqual([404, 'order_not_found']);
      }
    });

    it('is 409 too_many_payment_attempts after 10 attempts, and the order can still be cancelled', async () => {
      const { access_token: token } = await shop().newCustomer();
      const { order } = await shop().newOrder(token);
      const pay = () => call('payOrder', { token, id: order.id, body: { payment_method: 'sim_unheard_of' } });
      for (let attempt = 1; attempt <= 10; attempt += 1) expect((await pay()).status).toBe(400);
      const { status, body } = await pay();
      expect([status, body['code']]).toEqual([409, 'too_many_payment_attempts']);
      const { body: cancelled } = await call<Order>('cancelOrder', { token, id: order.id });
      expect([cancelled.status, cancelled.payments.length]).toEqual(['CANCELLED', 10]);
    });

    it('rejects a payment method that is not a string', async () => {
      const { access_token: token } = await shop().newCustomer();
      expect((await call('payOrder', { token, id: unknownId, body: { payment_method: 1 } })).status).toBe(
        422,
      );
    });
  });

  describe('GET /v1/orders', () => {
    it("lists the caller's own orders, newest first, with their payments", async () => {
      const { access_token: token } = await shop().newCustomer();
      const first = await shop().newOrder(token);
      const second = await shop().newOrder(token);
      await call('payOrder', { token, id: first.order.id, body: { payment_method: 'sim_success' } });
      const { body, headers } = await call<{ data: Order[] }>('listOrders', { token, query: 'limit=1' });
      expect(body.data.map(({ id }) => id)).toEqual([second.order.id]);
      expect(headers.get('link')).toMatch(/^<\/v1\/orders\?.*>; rel="next"$/);
      const confirmed = await call<{ data: Order[] }>('listOrders', { token, query: 'status=confirmed' });
      expect(confirmed.body.data.map(({ id, payments }) => [id, payments.length])).toEqual([
        [first.order.id, 1],
      ]);
    });

    it('hides orders of other users from customers, not from an ADMIN', async () => {
      const [one, other] = await Promise.all([shop().newCustomer(), shop().newCustomer()]);
      const { order } = await shop().newOrder(one.access_token);
      const query = `user_id=${one.user.id}`;
      expect((await call('listOrders', { token: other.access_token, query })).status).toBe(403);
      const { body } = await call<{ data: Order[] }>('listOrders', { token: shop().adminToken, query });
      expect(body.data.map(({ id }) => id)).toEqual([order.id]);
    });

    it.each(['status=paid', 'user_id=me', 'limit=0'])('rejects ?%s', async (query) => {
      const { access_token: token } = await shop().newCustomer();
      expect((await call('listOrders', { token, query })).status).toBe(400);
    });
  });

  describe('/v1/orders/:id', () => {
    it('returns 404 for an order of another user', async () => {
      const [one, other] = await Promise.all([shop().newCustomer(), shop().newCustomer()]);
      const { order } = await shop().newOrder(one.access_token);
      const token = other.access_token;
      for (const id of ['getOrder', 'cancelOrder', 'payOrder']) {
        const { status, body } = await call(id, { token, id: order.id });
        expect([id, status, body['code']]).toEqual([id, 404, 'order_not_found']);
      }
    });

    it('is cancelled once; a repeat with the same key is a replay', async () => {
      const { access_token: token } = await shop().newCustomer();
      const { order, product } = await shop().newOrder(token);
      const request = { token, id: order.id, headers: { 'idempotency-key': randomUUID() } };
      const first = await call<Order>('cancelOrder', request);
      expect([first.status, first.body.status]).toEqual([200, 'CANCELLED']);
      expect((await call<Product>('getProduct', { id: product.id })).body.stock).toBe(product.stock);
      const replay = await call<Order>('cancelOrder', request);
      expect([replay.status, replay.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
      const again = await call('cancelOrder', { token, id: order.id });
      expect([again.status, again.body['code']]).toEqual([409, 'order_state_conflict']);
      const { order: another } = await shop().newOrder(token);
      const other = await call('cancelOrder', { ...request, id: another.id });
      expect([other.status, other.body['code']]).toEqual([422, 'idempotency_conflict']);
    });

    it('shows the refund of a paid order that an ADMIN cancelled until it has ended', async () => {
      const { access_token: token } = await shop().newCustomer();
      const { order } = await shop().newOrder(token);
      const payment_method = 'sim_refund_failed';
      const paid = await call<{ payment: object }>('payOrder', {
        token,
        id: order.id,
        body: { payment_method },
      });
      expect(paid.body.payment).toMatchObject({ status: 'SUCCEEDED', refund: null });
      const cancelled = await call<Order>('cancelOrder', { token: shop().adminToken, id: order.id });
      expect([cancelled.status, cancelled.body.status]).toEqual([200, 'CANCELLED']);
      await eventually(async () =>
        expect((await call<Order>('getOrder', { token, id: order.id })).body.payments).toMatchObject([
          { status: 'SUCCEEDED', refund: { status: 'FAILED', failure_code: 'expired_or_canceled_card' } },
        ]),
      );
    });

    it('lets an ADMIN set a status that the order allows', async () => {
      const { access_token: customer } = await shop().newCustomer();
      const { order } = await shop().newOrder(customer);
      const token = shop().adminToken;
      const confirm = await call('updateOrderStatus', { token, id: order.id, body: { status: 'CONFIRMED' } });
      expect([confirm.status, confirm.body['code']]).toEqual([409, 'order_state_conflict']);
      const cancel = await call<Order>('updateOrderStatus', {
        token,
        id: order.id,
        body: { status: 'CANCELLED' },
      });
      expect([cancel.status, cancel.body.status]).toEqual([200, 'CANCELLED']);
      const unknown = await call('updateOrderStatus', {
        token,
        id: unknownId,
        body: { status: 'CANCELLED' },
      });
      expect([unknown.status, unknown.body['code']]).toEqual([404, 'order_not_found']);
      const wrong = await call('updateOrderStatus', { token, id: order.id, body: { status: 'SHIPPED' } });
      expect([wrong.status, wrong.body['errors']]).toEqual([
        422,
        [expect.objectContaining({ path: 'status' })],
      ]);
    });
  });
}
