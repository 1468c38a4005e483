import { Client } from 'pg';
import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';
import { simulatedWebhook } from '@shop/testkit/webhooks';
import { startLocalGateway } from '../local-gateway';
import type { DocumentedOperation } from './documented-api';
import { type Session, type Shop, unknownId } from './shop';

const wellFormedToken = Buffer.alloc(32).toString('base64url');

/** A valid request of each route, for resources that do not exist. */
const bodies: Record<string, object> = {
  register: { email: 'every-route@example.com', password: 'P@ssw0rd' },
  login: { email: 'every-route@example.com', password: 'P@ssw0rd' },
  refresh: { refresh_token: wellFormedToken },
  logout: { refresh_token: wellFormedToken },
  changePassword: { current_password: 'not the one', new_password: 'correct horse battery staple' },
  createProduct: { sku: 'EVERY-ROUTE', name: 'Thing', price_cents: 1, currency: 'EUR' },
  updateProduct: { name: 'Thing' },
  adjustStock: { delta: 1, reason: 'delivery' },
  createOrder: { items: [{ product_id: unknownId, quantity: 1 }] },
  payOrder: {},
  simulateAuthentication: { client_secret: 'unknown', outcome: 'SUCCEEDED' },
  updateOrderStatus: { status: 'CANCELLED' },
};

function requestTo({ id, takesBody }: DocumentedOperation) {
  if (id === 'receiveWebhook') return simulatedWebhook('nothing:1');
  return { id: unknownId, ...(takesBody ? { body: bodies[id] } : {}) };
}

/** Rules of all routes. */
export function everyRouteCases(shop: () => Shop): void {
  const where = (is: (operation: DocumentedOperation) => boolean) => shop().api.operations.filter(is);

  it('every route that requires a token returns 401 without one and with an invalid one', async () => {
    for (const operation of where(({ needsToken }) => needsToken)) {
      const none = await shop().api.call(operation.id, requestTo(operation));
      expect([none.status, none.body['code']]).toEqual([401, 'unauthenticated']);
      expect(none.headers.get('www-authenticate')).toBe('Bearer');
      const forged = await shop().api.call(operation.id, { ...requestTo(operation), token: 'forged' });
      expect(forged.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    }
  });

  it('every route for an ADMIN returns 403 to customers', async () => {
    const { access_token: token } = await shop().newCustomer();
    const ofAdmins = where(({ id, statuses }) => statuses.includes(403) && id !== 'listOrders');
    expect(ofAdmins.map(({ id }) => id).sort()).toEqual([
      'adjustStock',
      'createProduct',
      'updateOrderStatus',
      'updateProduct',
    ]);
    for (const operation of ofAdmins) {
      const { status, body } = await shop().api.call(operation.id, { ...requestTo(operation), token });
      expect([status, body['code']]).toEqual([403, 'forbidden']);
    }
  });

  it('every route rejects an unknown query parameter', async () => {
    for (const operation of where(() => true)) {
      const { status, body } = await shop().api.call(operation.id, {
        ...requestTo(operation),
        token: shop().adminToken,
        query: 'colour=red',
      });
      expect([status, body['code']]).toEqual([400, 'bad_request']);
      expect(body['detail']).toContain('colour');
    }
  });

  it.each(['{', '', '[]', '"text"', '{"__proto__":{"role":"ADMIN"}}'])(
    'every route with a body rejects %j',
    async (body) => {
      for (const { id } of where(({ takesBody }) => takesBody)) {
        if (id === 'payOrder' && body === '') continue;
        const headers = { 'content-type': 'text/plain' };
        const { adminToken: token } = shop();
        const answer = await shop().api.call(id, { id: unknownId, body, headers, token });
        expect([id, answer.status, answer.body['code']]).toEqual([id, 400, 'bad_request']);
      }
    },
  );

  it('every route with a body rejects one that is too large', async () => {
    for (const { id } of where(({ takesBody }) => takesBody)) {
      const body = { padding: 'x'.repeat(300_000) };
      const answer = await shop().api.call(id, { id: unknownId, body, token: shop().adminToken });
      expect([answer.status, answer.body['code']]).toEqual([413, 'payload_too_large']);
    }
  });

  it('every route with a body rejects Content-Encoding', async () => {
    for (const { id } of where(({ takesBody }) => takesBody)) {
      const headers = { 'content-encoding': 'gzip' };
      const { adminToken: token } = shop();
      const answer = await shop().api.call(id, { id: unknownId, body: {}, headers, token });
      expect([id, answer.status, answer.body['code']]).toEqual([id, 415, 'unsupported_media_type']);
    }
  });

  it('every route that requires a token returns 401 before it reads the body', async () => {
    const bodies = [
      { items: Array.from({ length: 120_000 }, () => 0) },
      { padding: 'x'.repeat(300_000) },
      '{',
    ];
    for (const { id } of where((operation) => operation.needsToken && operation.takesBody)) {
      for (const body of bodies) {
        const { status } = await shop().api.call(id, { id: unknownId, body });
        expect([id, status]).toEqual([id, 401]);
      }
      const forged = await shop().api.call(id, { id: unknownId, body: { unknown: 1 }, token: 'x.y.z' });
      expect([id, forged.status]).toEqual([id, 401]);
    }
  });

  it('every route with a body names at most 20 invalid fields', async () => {
    const members = Array.from({ length: 10_000 }, (_, index) => [`m${index}`, 0]);
    const isJson = ({ id, takesBody }: DocumentedOperation) => takesBody && id !== 'receiveWebhook';
    for (const { id } of where(isJson)) {
      const body = Object.fromEntries(members) as object;
      const answer = await shop().api.call(id, { id: unknownId, body, token: shop().adminToken });
      expect([id, answer.status, answer.body['errors']]).toEqual([id, 422, expect.any(Array)]);
      expect((answer.body['errors'] as object[]).length).toBeLessThanOrEqual(20);
      expect(answer.body['detail']).toContain('first 20');
    }
  });

  it('every route returns 429 with Retry-After to a client beyond its quota', async () => {
    const gateway = await startLocalGateway({
      RATE_LIMIT_CLIENT_REQUESTS: '1',
      RATE_LIMIT_WINDOW_SECONDS: '3600',
    });
    try {
      expect((await rest(gateway.url)('GET', '/v1/products')).headers.get('ratelimit')).toBe(
        '"client";r=0;t=3600',
      );
      for (const operation of where(() => true)) {
        const { status, body } = await shop().api.call(operation.id, {
          ...requestTo(operation),
          gatewayUrl: gateway.url,
        });
        expect([operation.id, status, body['code']]).toEqual([operation.id, 429, 'rate_limited']);
      }
    } finally {
      await gateway.stop();
    }
  });

  it('every POST that is replayed rejects an invalid idempotency key', async () => {
    const headers = { 'idempotency-key': 'k'.repeat(129) };
    for (const id of ['register', 'createProduct', 'adjustStock', 'createOrder', 'payOrder', 'cancelOrder']) {
      const { status } = await shop().api.call(id, {
        id: unknownId,
        body: bodies[id],
        headers,
        token: shop().adminToken,
      });
      expect([id, status]).toEqual([id, 400]);
    }
  });
}

/** Run these last: they break the shop. */
export function brokenShopCases(shop: () => Shop): void {
  async function callAll(token: string, otherBodies: Record<string, object> = {}): Promise<Set<string>> {
    const outcomes = new Set<string>();
    for (const operation of shop().api.operations) {
      const other = otherBodies[operation.id];
      const request = { ...requestTo(operation), ...(other && { body: other }), token };
      const { status, body } = await shop().api.call(operation.id, request);
      outcomes.add(`${status} ${String(body['code'])}`);
      expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|ECONN|relation|SELECT|stack/i);
    }
    return outcomes;
  }

  it('every route returns 503 while its subgraphs are stopped, and recovers', async () => {
    const { stack, adminToken } = shop();
    const subgraphs = [
      stack.services.user,
      stack.services.product,
      stack.services.order,
      stack.services.payment,
    ];
    await Promise.all(subgraphs.map((service) => service.stop()));
    expect(await callAll(adminToken)).toEqual(new Set(['503 upstream_unavailable']));
    await Promise.all(subgraphs.map((service) => service.start()));
    const session = await eventually<Session>(() => shop().newCustomer());
    expect(session.access_token).toMatch(/./);
  });

  it('every route returns 500 without the cause when a subgraph has an internal error', async () => {
    const { stack, adminToken } = shop();
    // Any other client secret is refused without reading the database.
    const client_secret = await shop().newClientSecret(adminToken);
    for (const url of Object.values(stack.databaseUrls)) {
      const client = new Client({ connectionString: url });
      await client.connect();
      await client.query('ALTER SCHEMA public RENAME TO moved');
      await client.end();
    }
    const bodiesWithSecret = { simulateAuthentication: { client_secret, outcome: 'SUCCEEDED' } };
    expect(await callAll(adminToken, bodiesWithSecret)).toEqual(new Set(['500 internal']));
    const ready = await rest(stack.gatewayUrl)('GET', '/healthz');
    expect(ready.status).toBe(200);
  });
}
