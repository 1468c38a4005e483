import type { AddressInfo } from 'node:net';
import { eventually } from '@shop/testkit/eventually';
import { type OtlpReceiver, startOtlpReceiver } from '@shop/testkit/otlp-receiver';
import Fastify, { type FastifyInstance } from 'fastify';
import { request } from 'undici';
import { inSpan, noteUnexpectedError, startTelemetry, type Telemetry, traceRequests } from '.';
import { formatTraceparent, newSpanId, newTraceId } from './traceparent';

let receiver: OtlpReceiver;
let telemetry: Telemetry;
let app: FastifyInstance;
let url: string;
let areSendersTrusted = true;

const environment = { ...process.env };
beforeAll(async () => {
  receiver = await startOtlpReceiver();
  Object.assign(process.env, receiver.env, {
    OTEL_TRACES_SAMPLER: 'parentbased_always_off',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  });
  telemetry = startTelemetry({ service: 'test', version: '1.2.3', warn: () => undefined });
  app = Fastify();
  traceRequests(app, () => areSendersTrusted);
  app.get('/items/:id', () => inSpan('work', { kind: 'internal' }, async () => ({})));
  app.get('/healthz', async () => ({}));
  app.get('/never', () => new Promise(() => undefined));
  app.get('/failing', () => {
    throw new TypeError('canary@example.com');
  });
  app.get('/partial', async () => {
    noteUnexpectedError(new RangeError('canary@example.com'));
    return {};
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await app.close();
  await telemetry.shutdown();
  await receiver.close();
  process.env = environment;
});

async function get(path: string, sampled: boolean) {
  const caller = { traceId: newTraceId(), spanId: newSpanId(), sampled };
  const { body } = await request(`${url}${path}`, { headers: { traceparent: formatTraceparent(caller) } });
  await body.dump();
  return caller;
}

/** Disconnects when the server has received the request, and waits until the server has noticed. */
async function abort(path: string, sampled: boolean) {
  const caller = { traceId: newTraceId(), spanId: newSpanId(), sampled };
  const client = new AbortController();
  const closed = new Promise((resolve) => {
    app.server.once('request', (_request, response) => {
      response.once('close', resolve);
      client.abort();
    });
  });
  const headers = { traceparent: formatTraceparent(caller) };
  await expect(request(`${url}${path}`, { headers, signal: client.signal })).rejects.toThrow();
  await closed;
  return caller;
}

const spansOf = ({ traceId }: { traceId: string }) =>
  receiver.spans.filter((span) => span.traceId === traceId);

/** Spans are exported in the order in which they end, so nothing of the earlier requests is missing. */
async function afterAllExports(): Promise<void> {
  const last = await get('/items/last', true);
  await eventually(() => expect(spansOf(last)).toHaveLength(2));
}

describe('A request', () => {
  it('of a sampled trace is a span below its caller, with its work below it', async () => {
    const caller = await get('/items/1', true);
    await eventually(() => expect(spansOf(caller)).toHaveLength(2));
    const [work, server] = spansOf(caller);
    expect(server).toMatchObject({
      ...{ service: 'test', name: 'GET /items/:id', kind: 'server', isError: false },
      parentSpanId: caller.spanId,
      attributes: {
        ...{ 'http.request.method': 'GET', 'http.route': '/items/:id', 'url.scheme': 'http' },
        'http.response.status_code': 200,
      },
      resource: { 'service.version': '1.2.3', 'deployment.environment.name': 'test' },
    });
    expect(work).toMatchObject({ name: 'work', kind: 'internal', parentSpanId: server?.spanId });
    expect(server!.startMs).toBeLessThanOrEqual(work!.startMs);
    expect(server!.endMs).toBeGreaterThanOrEqual(work!.endMs);
  });

  it('of a trace that is not sampled is no span, nor is a probe', async () => {
    const unsampled = await get('/items/1', false);
    const probe = await get('/healthz', true);
    await afterAllExports();
    expect([...spansOf(unsampled), ...spansOf(probe)]).toEqual([]);
  });

  it.each([
    ['/failing', 500, '500'],
    ['/partial', 200, 'RangeError'],
  ])('that fails unexpectedly is one span afterwards: %s', async (path, status, errorType) => {
    const caller = await get(path, false);
    await eventually(() => expect(spansOf(caller)).toHaveLength(1));
    expect(spansOf(caller)).toEqual([
      expect.objectContaining({
        ...{ name: `GET ${path}`, kind: 'server', parentSpanId: caller.spanId, isError: true },
        attributes: expect.objectContaining({
          'http.response.status_code': status,
          'error.type': errorType,
        }) as unknown,
      }),
    ]);
    expect(receiver.bodies.join('')).not.toContain('canary');
  });

  it('whose client disconnects is a span only if its trace is sampled', async () => {
    const [sampled, unsampled] = [await abort('/never', true), await abort('/never', false)];
    await eventually(() => expect(spansOf(sampled)).toHaveLength(1));
    expect(spansOf(sampled)[0]).toMatchObject({
      ...{ name: 'GET /never', kind: 'server', isError: true },
      attributes: { 'error.type': 'aborted' },
    });
    await afterAllExports();
    expect(spansOf(unsampled)).toEqual([]);
  });

  it('of a sender that is not trusted keeps its trace ID, not its flag', async () => {
    areSendersTrusted = false;
    const caller = await get('/items/1', true);
    const failed = await get('/failing', true);
    areSendersTrusted = true;
    await afterAllExports();
    expect(spansOf(caller)).toEqual([]);
    expect(spansOf(failed)).toHaveLength(1);
  });
});
