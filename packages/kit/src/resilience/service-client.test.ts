import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exposition } from '../metrics';
import { currentTraceparent, runInTrace } from '../telemetry';
import { ServiceClient, CallFailure, type ServiceRequest } from '.';

let server: Server;
let client: ServiceClient;
/** The behaviour for the first request, the second, and so on; the last is repeated. */
let behaviours: RequestListener[] = [];
let received: Record<string, unknown>[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    received.push(request.headers);
    const behaviour = behaviours[Math.min(received.length, behaviours.length) - 1];
    behaviour?.(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
beforeEach(() => {
  received = [];
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  client = new ServiceClient({ name: 'product', url, maximumConnections: 2, maximumWaiting: 2 });
});
afterEach(() => client.close());
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const respondsOk: RequestListener = (_request, response) => response.end('{}');
const breaksOff: RequestListener = (request) => request.socket.destroy();
const isNotReady: RequestListener = (_request, response) => response.writeHead(503).end('<html>');
const rejects: RequestListener = (_request, response) =>
  response.writeHead(503).end('{"errors":[{"message":"m","extensions":{"code":"UPSTREAM_UNAVAILABLE"}}]}');
const hangs: RequestListener = () => undefined;
const neverEnds: RequestListener = (_request, response) => {
  const part = Buffer.alloc(1_024 * 1_024, ' ');
  const write = () => {
    while (!response.destroyed && response.write(part));
  };
  response.on('drain', write);
  write();
};
const drips: RequestListener = (_request, response) => void response.write('{');

function post({ timeoutMs = 5_000, ...request }: Partial<ServiceRequest> & { timeoutMs?: number } = {}) {
  return client.request({
    ...{ path: '/', headers: {}, body: '{}', deadlineMs: performance.now() + timeoutMs },
    ...{ maximumTries: 2, isIdempotent: true, ...request },
  });
}

async function failureOf(call: Promise<unknown>): Promise<CallFailure> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CallFailure)) throw new Error(`expected a CallFailure, not ${String(error)}`);
  return error;
}

describe('A call', () => {
  test.each([
    ['ok', respondsOk],
    // A response of the service itself, whatever its status.
    ['ok', rejects],
    ['server_error', isNotReady],
    ['connection_lost', breaksOff],
    ['deadline_too_short', hangs],
  ])('is recorded once with its retries, with the outcome %s', async (outcome, behaviour) => {
    behaviours = [behaviour];
    const series = `http_client_request_duration_seconds_count{service="product",outcome="${outcome}"}`;
    const count = async () => {
      const line = (await exposition()).text.split('\n').find((found) => found.startsWith(`${series} `));
      return Number(line?.slice(series.length) ?? 0);
    };
    const before = await count();
    await post({ timeoutMs: 400 }).catch(() => undefined);
    expect(await count()).toBe(before + 1);
  });

  test('sends the remaining time', async () => {
    behaviours = [respondsOk];
    await post({ timeoutMs: 5_000 });
    const remainingMs = Number(received[0]?.['x-request-timeout-ms']);
    expect(remainingMs).toBeGreaterThan(0);
    expect(remainingMs).toBeLessThanOrEqual(5_000);
  });

  test('sends the trace of its caller, also if it waited for the end of another call', async () => {
    behaviours = [respondsOk];
    const traceparents = ['1', '2', '3', '4'].map((digit) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`);
    // Two connections: two calls wait.
    await Promise.all(traceparents.map((traceparent) => runInTrace(traceparent, () => post())));
    expect(received.map(({ traceparent }) => traceparent)).toEqual(traceparents);
    await post();
    expect([received.at(-1)?.['traceparent'], currentTraceparent()]).toEqual([undefined, undefined]);
  });

  test('that has no trace gets none from the call whose end it waited for', async () => {
    behaviours = [respondsOk];
    const traced = `00-${'1'.repeat(32)}-${'1'.repeat(16)}-01`;
    const calls = [traced, traced, undefined].map((traceparent) => runInTrace(traceparent, () => post()));
    await Promise.all(calls);
    expect(received.map(({ traceparent }) => traceparent)).toEqual([traced, traced, undefined]);
  });

  test.each([
    ['breaks off', breaksOff],
    ['is not ready', isNotReady],
  ])('that %s is retried if it is idempotent, and the response says so', async (_how, behaviour) => {
    behaviours = [behaviour, respondsOk];
    expect(await post()).toMatchObject({ status: 200, earlierMayHaveArrived: true });
    expect(received).toHaveLength(2);
  });

  test('that may have arrived is not retried if it is not idempotent', async () => {
    behaviours = [breaksOff, respondsOk];
    expect(await failureOf(post({ isIdempotent: false }))).toMatchObject({
      kind: 'connection_lost',
      mayHaveArrived: true,
    });
    expect(received).toHaveLength(1);
  });

  test('is tried at most maximumTries times', async () => {
    behaviours = [breaksOff];
    expect(await failureOf(post({ maximumTries: 3 }))).toMatchObject({ kind: 'connection_lost' });
    expect(received).toHaveLength(3);
  });

  test.each([
    ['hangs', hangs],
    ['drips', drips],
  ])('that %s ends at its time limit and is not retried', async (_how, behaviour) => {
    behaviours = [behaviour];
    expect(await failureOf(post({ timeoutMs: 600 }))).toMatchObject({
      kind: 'timed_out',
      mayHaveArrived: true,
    });
    expect(received).toHaveLength(1);
  });

  test('with a response that does not end fails at 32 MB, and is not retried', async () => {
    behaviours = [neverEnds];
    expect(await failureOf(post({ timeoutMs: 60_000 }))).toMatchObject({
      kind: 'response_too_large',
      isOutage: false,
      mayHaveArrived: true,
    });
    expect(received).toHaveLength(1);
  });

  test('with too little time does not count as an outage', async () => {
    behaviours = [hangs];
    expect(await failureOf(post({ timeoutMs: 50 }))).toMatchObject({
      kind: 'deadline_too_short',
      isOutage: false,
    });
  });

  test('whose deadline has passed is not sent', async () => {
    behaviours = [respondsOk];
    expect(await failureOf(post({ timeoutMs: 0 }))).toMatchObject({
      kind: 'deadline_exceeded',
      mayHaveArrived: false,
    });
    expect(received).toHaveLength(0);
  });

  test('whose signal is aborted is cancelled', async () => {
    const client = new AbortController();
    behaviours = [() => client.abort()];
    expect(await failureOf(post({ signal: client.signal }))).toMatchObject({ kind: 'cancelled' });
  });

  test('that the service itself rejects returns the response, whatever the status', async () => {
    behaviours = [rejects];
    for (let count = 0; count < 6; count += 1) expect(await post()).toMatchObject({ status: 503 });
    expect(client.circuitState).toBe('closed');
    expect(received).toHaveLength(6);
  });

  test('is not sent while the circuit is open, and keeps mayHaveArrived of an earlier try', async () => {
    behaviours = [breaksOff];
    for (let count = 0; count < 2; count += 1) await failureOf(post());
    expect(await failureOf(post())).toMatchObject({ kind: 'circuit_open', mayHaveArrived: true });
    expect(await failureOf(post())).toMatchObject({ kind: 'circuit_open', mayHaveArrived: false });
    expect(received).toHaveLength(5);
  });
});
