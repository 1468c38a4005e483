import { once } from 'node:events';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import winston from 'winston';
import { createLogger } from '../logger';
import { type AccessLogSettings, logRequests } from './access-log';
import { addHealth } from './health';
import { createHttpServer } from './http-server';
import { maskUnexpectedErrors } from './unexpected-errors';

const limits = {
  HTTP_HEADERS_TIMEOUT_MS: 10_000,
  HTTP_REQUEST_TIMEOUT_MS: 10_000,
  HTTP_MAX_CONNECTIONS: 100,
};
const started: FastifyInstance[] = [];
afterEach(() => Promise.all(started.splice(0).map((app) => app.close())));

/** A server, and a function that returns the access lines that were written since its last call. */
async function startServer(settings: Partial<AccessLogSettings> = {}, level = 'info', isPublic = false) {
  const app = createHttpServer({ limits });
  started.push(app);
  const stream = new PassThrough();
  const logger = createLogger({ service: 'test', level });
  logger.clear().add(new winston.transports.Stream({ stream }));
  const merged = { ACCESS_LOG_SAMPLE: 1, ACCESS_LOG_SLOW_MS: 60_000, ...settings };
  maskUnexpectedErrors(app, logger);
  logRequests(app, { settings: merged, logger, isPublic });
  addHealth(app, {
    checkReady: () => Promise.resolve(),
    isDraining: () => false,
    schemaHash: '',
    logger,
  });
  app.get('/orders/:id', (request) => {
    request.callingService = 'gateway';
    return {};
  });
  app.get('/fails', (_request, reply) => reply.code(503).send({}));
  app.get('/slow', async () => {
    await pause(60);
    return {};
  });
  app.get('/never', () => new Promise(() => undefined));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  /** Waits until the last response is closed, because its line is written then. */
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const closed = new Promise((resolve) => {
      app.server.once('request', (_request, response) => response.once('close', resolve));
    });
    await (await fetch(`${url}${path}`, { headers })).text();
    await closed;
  };
  const lines = () =>
    String(stream.read() ?? '')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { app, url, get, lines, logger };
}

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

describe('The access line of a request', () => {
  it('is written for a path that cannot be decoded, without a route', async () => {
    const { get, lines } = await startServer();
    await get('/orders/%ff', { traceparent, 'x-request-id': 'r-1' });
    expect(lines()).toEqual([
      expect.objectContaining({ message: 'request', method: 'GET', route: 'none', status: 400 }),
    ]);
    await get('/orders/%ff', { traceparent, 'x-request-id': 'r-2' });
    expect(lines()).toEqual([expect.objectContaining({ request_id: 'r-2', trace_id: traceId })]);
  });

  it('has the route instead of the URL, the status, the time and the IDs, and no former names', async () => {
    const { get, lines } = await startServer();
    await get('/orders/canary?token=canary', { traceparent, 'x-request-id': 'r-1', 'user-agent': 'canary' });
    const [line, ...more] = lines();
    expect(more).toEqual([]);
    expect(line).toEqual({
      timestamp: expect.any(String) as string,
      level: 'info',
      service: 'test',
      version: expect.any(String) as string,
      message: 'request',
      method: 'GET',
      route: '/orders/:id',
      status: 200,
      durationMs: expect.any(Number) as number,
      caller: 'gateway',
      request_id: 'r-1',
      trace_id: traceId,
      span_id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    });
  });

  it('has no path of a request that matches no route', async () => {
    const { get, lines } = await startServer();
    await get('/canary');
    expect(lines()).toEqual([expect.objectContaining({ route: 'none', status: 404 })]);
  });

  it('is written for a request whose client disconnects, without a status', async () => {
    const { app, url, lines } = await startServer({ ACCESS_LOG_SAMPLE: 0 });
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write('GET /never HTTP/1.1\r\nHost: a\r\n\r\n');
    const [, response] = (await once(app.server, 'request')) as [unknown, NodeJS.EventEmitter];
    socket.destroy();
    await once(response, 'close');
    const [line] = lines();
    expect(line).toMatchObject({ route: '/never', isAborted: true });
    expect(line).not.toHaveProperty('status');
  });

  it('is not written for health checks, or at a level above info', async () => {
    const { get, lines } = await startServer();
    await get('/healthz');
    await get('/readyz');
    expect(lines()).toEqual([]);
    const silent = await startServer({}, 'warn');
    await silent.get('/fails');
    expect(silent.lines()).toEqual([]);
    silent.logger.level = 'info';
    await silent.get('/fails');
    expect(silent.lines()).toHaveLength(1);
  });

  it('is written for failures and slow requests, whatever the sample', async () => {
    const { get, lines } = await startServer({ ACCESS_LOG_SAMPLE: 0 });
    await get('/orders/1');
    await get('/fails');
    expect(lines()).toEqual([expect.objectContaining({ route: '/fails', status: 503 })]);
    const slow = await startServer({ ACCESS_LOG_SAMPLE: 0, ACCESS_LOG_SLOW_MS: 50 });
    await slow.get('/slow');
    const [line] = slow.lines();
    expect(line).toMatchObject({ route: '/slow', status: 200 });
    expect(line?.['durationMs']).toBeGreaterThanOrEqual(50);
  });

  it('is sampled by the trace ID, so that all processes agree', async () => {
    const { get, lines } = await startServer({ ACCESS_LOG_SAMPLE: 0.5 });
    const ending = (last: string) => ({ traceparent: `00-${'a'.repeat(24)}${last}-b7ad6b7169203331-01` });
    await get('/orders/1', ending('7fffffff'));
    await get('/orders/1', ending('80000000'));
    expect(lines().map((line) => line['trace_id'])).toEqual([`${'a'.repeat(24)}7fffffff`]);
  });

  it('is not sampled by a trace ID that a client of a public server has chosen', async () => {
    const { get, lines } = await startServer({ ACCESS_LOG_SAMPLE: 1e-12 }, 'info', true);
    await get('/orders/1', { traceparent: `00-${'a'.repeat(24)}00000000-b7ad6b7169203331-01` });
    expect(lines()).toEqual([]);
  });
});
