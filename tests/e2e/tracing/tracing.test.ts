import { withClient } from '@shop/local-stack/postgres';
import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';
import { canaries, headersOf, label, newTrace, openTracedShop, type TracedShop } from './traced-shop';

let traced: TracedShop;
beforeAll(async () => {
  traced = await openTracedShop();
});
afterAll(() => traced?.close());

/** Edges that every purchase has. */
const expected = [
  'client → gateway server POST /v1/orders',
  'gateway server POST /v1/orders → gateway internal plan',
  'gateway server POST /v1/orders → gateway client POST /graphql',
  'client → gateway server POST /v1/orders/:id/pay',
  'gateway server POST /v1/orders/:id/pay → gateway internal plan',
  'gateway server POST /v1/orders/:id/pay → gateway client POST /graphql',
  'gateway client POST /graphql → order server POST /graphql',
  'order server POST /graphql → order client OrderRepository.openDraft',
  'order server POST /graphql → order client POST /graphql',
  'order client POST /graphql → product server POST /graphql',
  'product server POST /graphql → product client ReservationRepository.reserve',
  'order client POST /graphql → payment server POST /graphql',
  'payment server POST /graphql → payment client PaymentRepository.open',
  'payment server POST /graphql → payment client charge simulator',
  'payment client charge simulator → payment client SimulatorLedgerRepository.insertCharge',
  'payment server POST /graphql → payment client PaymentRepository.decide',
  'payment server POST /graphql → payment internal poll events',
  'payment internal poll events → payment producer publish payment.succeeded',
  'payment producer publish payment.succeeded → payment client POST /events',
  'payment client POST /events → order server POST /events',
  'order server POST /events → order consumer process payment.succeeded',
  'order consumer process payment.succeeded → order client InboxRepository.insertNew',
  'payment internal poll events → payment client DeliveryRepository.remove',
  'order internal poll paid-orders → order client POST /graphql',
  'product server POST /graphql → product client ReservationRepository.commit',
  'order internal poll paid-orders → order client OrderRepository.settle',
];

/** Whether the event or the response arrives first decides which statements an order needs. */
const possible = [
  /^gateway client POST \/graphql → payment server POST \/graphql$/,
  /^order (server POST \/graphql|consumer process payment\.succeeded) → order client Order(Details)?Repository\.[\w+-]+$/,
  /^order (server POST \/graphql|consumer process payment\.succeeded) → order internal poll paid-orders$/,
  /^payment server POST \/graphql → payment client PaymentRepository\.\w+$/,
];

describe('a purchase through REST that its caller has sampled', () => {
  it('is one trace from the gateway to the statements, the provider and the consumed event', async () => {
    const trace = newTrace({ sampled: true });
    await traced.buy(trace);
    await eventually(() => {
      const edges = traced.edgesOf(trace);
      expect(expected.filter((edge) => !edges.has(edge))).toEqual([]);
      const others = [...edges].filter((edge) => !expected.includes(edge));
      expect(others.filter((edge) => !possible.some((pattern) => pattern.test(edge)))).toEqual([]);
    });
    expect(traced.spansOf(trace).filter(({ isError }) => isError)).toEqual([]);
  });

  it('has the attributes of the semantic conventions', async () => {
    const trace = newTrace({ sampled: true });
    const token = await traced.login();
    await rest(traced.shop.gatewayUrl)('GET', '/v1/orders', { token, headers: headersOf(trace) });
    const find = (wanted: string | RegExp) =>
      eventually(() => {
        const found = traced.spansOf(trace).find((span) => label(span).match(wanted));
        if (!found) throw new Error(`There is no span ${String(wanted)}.`);
        return found;
      });
    expect((await find('gateway server GET /v1/orders')).attributes).toEqual({
      ...{ 'http.request.method': 'GET', 'http.route': '/v1/orders', 'url.scheme': 'http' },
      'http.response.status_code': 200,
    });
    expect((await find('gateway internal plan')).attributes).toEqual({
      'graphql.operation.type': 'query',
      'graphql.operation.name': expect.stringMatching(/^Rest/) as unknown,
    });
    expect((await find('gateway client POST /graphql')).attributes).toEqual({
      ...{ 'http.request.method': 'POST', 'url.template': '/graphql', 'peer.service': 'order' },
      ...{ 'http.response.status_code': 200, 'server.address': '127.0.0.1' },
      'server.port': expect.any(Number) as unknown,
    });
    const statement = await find(/^order client (?!POST)/);
    expect(statement.attributes).toEqual({
      'db.system.name': 'postgresql',
      'db.query.summary': statement.name,
    });
  });

  it('sends no personal data and no SQL', () => {
    const sent = traced.receiver.bodies.join('\n');
    expect(sent).toContain('OrderRepository.openDraft');
    expect(Object.entries(canaries).filter(([, value]) => sent.includes(value))).toEqual([]);
    expect(sent).not.toMatch(/eyJ[\w-]+\.|Bearer |example\.com|SELECT|INSERT/);
  });
});

describe('a request that is not sampled', () => {
  it('is not recorded, also if a client that is no trusted proxy asks for it', async () => {
    const [unsampled, direct] = [newTrace({ sampled: false }), newTrace({ sampled: true })];
    const last = newTrace({ sampled: true });
    const token = await traced.login();
    for (const headers of [headersOf(unsampled), headersOf(direct, false), headersOf(last)])
      await rest(traced.shop.gatewayUrl)('GET', '/v1/orders', { token, headers });
    // Each process exports its spans in the order in which they end.
    await eventually(() => {
      const services = traced.spansOf(last).map((span) => label(span));
      expect(services).toEqual(
        expect.arrayContaining(['gateway server GET /v1/orders', 'order server POST /graphql']),
      );
    });
    expect([...traced.spansOf(unsampled), ...traced.spansOf(direct)]).toEqual([]);
  });

  it('is one span of each process afterwards if it fails', async () => {
    const trace = newTrace({ sampled: false });
    const token = await traced.login();
    const alter = (text: string) => withClient(traced.shop.databaseUrls.order, (sql) => sql.query(text));
    const send = rest(traced.shop.gatewayUrl);
    await alter('ALTER TABLE orders RENAME TO moved');
    const { status } = await send('GET', '/v1/orders', { token, headers: headersOf(trace) });
    await alter('ALTER TABLE moved RENAME TO orders');
    expect(status).toBe(500);
    await eventually(() =>
      expect([...traced.edgesOf(trace)].sort()).toEqual([
        'client → gateway server GET /v1/orders',
        'gateway server GET /v1/orders → order server POST /graphql',
      ]),
    );
    expect(traced.spansOf(trace).every(({ isError }) => isError)).toBe(true);
  });
});
