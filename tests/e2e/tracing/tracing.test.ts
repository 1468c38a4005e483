import { randomBytes } from 'node:crypto';
import { withClient } from '@shop/local-stack/postgres';
import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '@shop/testkit/otlp-receiver';
import { openShop, type Shop, uniqueEmail, unwrap } from '../shop';

let receiver: OtlpReceiver;
let shop: Shop;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  shop = await openShop(
    {},
    {},
    {
      ...receiver.env,
      // Only what a trusted proxy has sampled.
      OTEL_TRACES_SAMPLER: 'parentbased_always_off',
      TRUST_PROXY: 'loopback',
    },
  );
});
afterAll(async () => {
  await shop?.close();
  await receiver?.close();
});

/** What no span may contain; each is in a request of the purchase. */
const canaries = {
  clientAddress: '203.0.113.77',
  userAgent: 'canary-user-agent',
  email: uniqueEmail(),
  password: 'P@ssw0rd-canary',
  paymentMethod: 'sim_success',
};

/** The position of a client in a new trace. */
function newClientTrace(sampled: boolean) {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${sampled ? '01' : '00'}` };
}

/** @param isForwarded whether a trusted proxy has sent the request */
const headersOf = ({ traceparent }: { traceparent: string }, isForwarded = true) => ({
  traceparent,
  'user-agent': canaries.userAgent,
  ...(isForwarded ? { 'x-forwarded-for': canaries.clientAddress } : {}),
});

async function newBuyer() {
  const credentials = { email: canaries.email, password: canaries.password };
  const session = await shop.storefronts.REST.register(credentials);
  const { accessToken } = unwrap(session.ok ? session : await shop.storefronts.REST.login(credentials));
  return { token: accessToken, product: await shop.newProduct({ stock: 5 }) };
}

const spansOf = (traceId: string) => receiver.spans.filter((span) => span.traceId === traceId);

/** `service kind name`, for comparison. */
const label = ({ service, kind, name }: ReceivedSpan) => `${service} ${kind} ${name}`;

/** Each span below its parent, as text; `client` is the caller of the gateway. */
function edgesOf(spans: readonly ReceivedSpan[], client: string): Set<string> {
  const labels = new Map(spans.map((span) => [span.spanId, label(span)]));
  labels.set(client, 'client');
  return new Set(spans.map((span) => `${labels.get(span.parentSpanId ?? '') ?? 'unknown'} → ${label(span)}`));
}

describe('a purchase through REST whose caller has sampled it', () => {
  it('is one trace from the gateway to the statements, the provider and the consumed event', async () => {
    const { token, product } = await newBuyer();
    const { traceId, spanId: client, ...trace } = newClientTrace(true);
    const [send, headers] = [rest(shop.gatewayUrl), headersOf(trace)];
    const lines = { items: [{ product_id: product.id, quantity: 1 }] };
    const placed = await send('POST', '/v1/orders', { token, headers, body: lines });
    expect(placed.status).toBe(201);
    const path = `/v1/orders/${String(placed.body['id'])}/pay`;
    const body = { payment_method: canaries.paymentMethod };
    expect((await send('POST', path, { token, headers, body })).status).toBe(200);

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
    ];
    await eventually(() => {
      const edges = edgesOf(spansOf(traceId), client);
      expect(expected.filter((edge) => !edges.has(edge))).toEqual([]);
    });
    const edges = edgesOf(spansOf(traceId), client);
    // Every span has its parent in the trace.
    expect([...edges].filter((edge) => edge.startsWith('unknown'))).toEqual([]);
    expect(spansOf(traceId).filter(({ isError }) => isError)).toEqual([]);
  });

  it('has the attributes of the semantic conventions', async () => {
    const { token } = await newBuyer();
    const { traceId, ...trace } = newClientTrace(true);
    await rest(shop.gatewayUrl)('GET', '/v1/orders', { token, headers: headersOf(trace) });
    await eventually(() => expect(spansOf(traceId).map(label)).toContain('gateway server GET /v1/orders'));
    const find = (wanted: string) => spansOf(traceId).find((span) => label(span) === wanted);
    expect(find('gateway server GET /v1/orders')?.attributes).toEqual({
      ...{ 'http.request.method': 'GET', 'http.route': '/v1/orders', 'url.scheme': 'http' },
      'http.response.status_code': 200,
    });
    expect(find('gateway internal plan')?.attributes).toEqual({
      'graphql.operation.type': 'query',
      'graphql.operation.name': expect.stringMatching(/^Rest/) as unknown,
    });
    expect(find('gateway client POST /graphql')?.attributes).toMatchObject({
      ...{ 'http.request.method': 'POST', 'url.template': '/graphql', 'peer.service': 'order' },
      'http.response.status_code': 200,
    });
    const statement = await eventually(() => {
      const found = spansOf(traceId).find(({ attributes }) => 'db.system.name' in attributes);
      expect(found).toBeDefined();
      return found!;
    });
    expect(statement).toMatchObject({
      ...{ service: 'order', kind: 'client', name: statement.attributes['db.query.summary'] },
      attributes: { 'db.system.name': 'postgresql' },
    });
  });

  it('sends no personal data', async () => {
    expect(receiver.bodies.length).toBeGreaterThan(0);
    const sent = receiver.bodies.join('\n');
    expect(Object.entries(canaries).filter(([, value]) => sent.includes(value))).toEqual([]);
    expect(sent).not.toMatch(/eyJ[\w-]+\.|Bearer |example\.com|SELECT|INSERT/);
  });
});

describe('a request that is not sampled', () => {
  it('is not recorded, also if a client that is no trusted proxy asks for it', async () => {
    const { token } = await newBuyer();
    const [unsampled, direct, last] = [newClientTrace(false), newClientTrace(true), newClientTrace(true)];
    for (const headers of [headersOf(unsampled), headersOf(direct, false), headersOf(last)])
      await rest(shop.gatewayUrl)('GET', '/v1/orders', { token, headers });
    await eventually(() =>
      expect(spansOf(last.traceId).map(({ service }) => service)).toEqual(
        expect.arrayContaining(['gateway', 'order']),
      ),
    );
    expect([...spansOf(unsampled.traceId), ...spansOf(direct.traceId)]).toEqual([]);
  });

  it('is one span of each process afterwards if it fails', async () => {
    const { token } = await newBuyer();
    const { traceId, spanId: client, ...trace } = newClientTrace(false);
    const alter = (text: string) => withClient(shop.databaseUrls.order, (sql) => sql.query(text));
    await alter('ALTER TABLE orders RENAME TO moved');
    const { status } = await rest(shop.gatewayUrl)('GET', '/v1/orders', { token, headers: headersOf(trace) });
    await alter('ALTER TABLE moved RENAME TO orders');
    expect(status).toBe(500);
    await eventually(() => expect(spansOf(traceId)).toHaveLength(2));
    expect(edgesOf(spansOf(traceId), client)).toEqual(
      new Set([
        'client → gateway server GET /v1/orders',
        'gateway server GET /v1/orders → order server POST /graphql',
      ]),
    );
    expect(spansOf(traceId).every(({ isError }) => isError)).toBe(true);
  });
});
