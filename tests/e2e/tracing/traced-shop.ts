import { randomBytes } from 'node:crypto';
import { rest } from '@shop/testkit/http';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '@shop/testkit/otlp-receiver';
import { openShop, type Shop, uniqueEmail, unwrap } from '../shop';

/** What no span may contain; each is in a request of the tests. */
export const canaries = {
  clientAddress: '203.0.113.77',
  userAgent: 'canary-user-agent',
  email: uniqueEmail(),
  password: 'P@ssw0rd-canary',
  paymentMethod: 'sim_success',
};

/** A shop that records what a trusted proxy has sampled, and the spans of it. */
export interface TracedShop {
  shop: Shop;
  receiver: OtlpReceiver;
  /** An access token of the customer. */
  login(): Promise<string>;
  /** Places an order and pays it, in the trace of the client. */
  buy(trace: ClientTrace): Promise<void>;
  spansOf(trace: ClientTrace): ReceivedSpan[];
  /** Each span below its parent as text: `parent → span`. The caller of the gateway is `client`. */
  edgesOf(trace: ClientTrace): Set<string>;
  close(): Promise<void>;
}

/** The position of a client in a new trace. */
interface ClientTrace {
  traceId: string;
  spanId: string;
  traceparent: string;
}

export function newTrace({ sampled }: { sampled: boolean }): ClientTrace {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${sampled ? '01' : '00'}` };
}

/** @param isForwarded whether a trusted proxy has sent the request */
export const headersOf = ({ traceparent }: ClientTrace, isForwarded = true) => ({
  traceparent,
  'user-agent': canaries.userAgent,
  ...(isForwarded ? { 'x-forwarded-for': canaries.clientAddress } : {}),
});

/** `service kind name` */
export const label = ({ service, kind, name }: ReceivedSpan) => `${service} ${kind} ${name}`;

/** @param env more settings of all processes */
export async function openTracedShop(env: Record<string, string> = {}): Promise<TracedShop> {
  const receiver = await startOtlpReceiver();
  const sampling = { OTEL_TRACES_SAMPLER: 'parentbased_always_off', TRUST_PROXY: 'loopback' };
  const shop = await openShop({}, {}, { ...receiver.env, ...sampling, ...env });
  const { REST: storefront } = shop.storefronts;
  const send = rest(shop.gatewayUrl);
  const spansOf = ({ traceId }: ClientTrace) => receiver.spans.filter((span) => span.traceId === traceId);

  async function login(): Promise<string> {
    const credentials = { email: canaries.email, password: canaries.password };
    const registered = await storefront.register(credentials);
    return unwrap(registered.ok ? registered : await storefront.login(credentials)).accessToken;
  }

  return {
    ...{ shop, receiver, login, spansOf },
    async buy(trace) {
      const [token, product] = await Promise.all([login(), shop.newProduct({ stock: 5 })]);
      const headers = headersOf(trace);
      const items = [{ product_id: product.id, quantity: 1 }];
      const placed = await send('POST', '/v1/orders', { token, headers, body: { items } });
      const path = `/v1/orders/${String(placed.body['id'])}/pay`;
      const body = { payment_method: canaries.paymentMethod };
      const paid = await send('POST', path, { token, headers, body });
      if (paid.status !== 200) throw new Error(`POST ${path}: ${paid.status} ${JSON.stringify(paid.body)}`);
    },
    edgesOf(trace) {
      const spans = spansOf(trace);
      const labels = new Map(spans.map((span) => [span.spanId, label(span)]));
      labels.set(trace.spanId, 'client');
      const parentOf = ({ parentSpanId = '' }: ReceivedSpan) => labels.get(parentSpanId) ?? 'unknown';
      return new Set(spans.map((span) => `${parentOf(span)} → ${label(span)}`));
    },
    async close() {
      await shop.close();
      await receiver.close();
    },
  };
}
