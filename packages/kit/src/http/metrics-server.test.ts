import { once } from 'node:events';
import { METHODS } from 'node:http';
import { createServer } from 'node:net';
import { freePorts, isPortFree } from '@shop/local-stack/ports';
import { exchangeRaw } from '@shop/testkit/raw-socket';
import { createLogger } from '../logger';
import { exposition } from '../metrics/exposition';
import { standardMethods } from '../telemetry';
import { createHttpServer } from './http-server';
import { defaultMetricsPort, measureRequests, type MetricsServer, serveMetrics } from './metrics-server';
import { maskUnexpectedErrors } from './unexpected-errors';

const limits = {
  HTTP_HEADERS_TIMEOUT_MS: 10_000,
  HTTP_REQUEST_TIMEOUT_MS: 10_000,
  HTTP_MAX_CONNECTIONS: 100,
};

const settings = { ...limits, METRICS_HOST: '127.0.0.1', METRICS_PORT: undefined };

const logger = createLogger({ service: 'test' });
logger.silent = true;

describe('The server of /metrics', () => {
  let metrics: MetricsServer;
  let url: string;
  beforeAll(async () => {
    const [port] = (await freePorts(1)) as [number];
    url = `http://127.0.0.1:${port}`;
    metrics = await serveMetrics({ settings: { ...settings, METRICS_PORT: port }, logger });
  });
  afterAll(() => metrics?.close());

  it.each([
    ['no fault', 'Host: a', '', 200],
    ['two Host headers', 'Host: a\r\nHost: b', '', 400],
    ['no Host header', 'X-A: b', '', 400],
    ['a compressed body', 'Host: a\r\nContent-Encoding: gzip\r\nContent-Length: 2', '{}', 415],
  ])('responds to a request with %s as every server does', async (_what, headers, body, status) => {
    const bytes = `GET /metrics HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n${body}`;
    expect((await exchangeRaw(url, bytes)).status).toBe(status);
  });

  it('responds in the format that the scraper accepts', async () => {
    const typeFor = async (accept: string) =>
      (await fetch(`${url}/metrics`, { headers: { accept } })).headers.get('content-type');
    expect(await typeFor('application/openmetrics-text; version=1.0.0, text/plain;q=0.5')).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    expect(await typeFor('*/*')).toBe('text/plain; version=0.0.4; charset=utf-8');
  });
});

describe('The port of /metrics', () => {
  it('is 9464 if it is not set, and a start fails if it is in use', async () => {
    const occupied = createServer();
    if (await isPortFree(defaultMetricsPort)) {
      occupied.listen(defaultMetricsPort, '127.0.0.1');
      await once(occupied, 'listening');
    }
    try {
      await expect(serveMetrics({ settings, logger })).rejects.toThrow(
        'METRICS_PORT=9464 is in use on METRICS_HOST=127.0.0.1: stop the process that uses it, or set METRICS_PORT',
      );
    } finally {
      occupied.close();
    }
  });

  it('is opened on METRICS_HOST only', async () => {
    const metrics = await serveMetrics({
      settings: { ...settings, METRICS_HOST: '127.0.0.2', METRICS_PORT: 0 },
      logger,
    });
    try {
      const { hostname, port } = new URL(metrics.url);
      expect([hostname, await isPortFree(Number(port), '127.0.0.1')]).toEqual(['127.0.0.2', true]);
      expect((await fetch(`${metrics.url}/metrics`)).status).toBe(200);
    } finally {
      await metrics.close();
    }
  });
});

describe('measureRequests', () => {
  const linesOf = async (start: string) =>
    (await exposition()).text.split('\n').filter((line) => line.startsWith(start));

  it('records the route pattern, and replaces unknown methods and routes', async () => {
    const app = createHttpServer({ limits });
    measureRequests(app);
    app.get('/things/:id', () => 'thing');
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    for (const path of ['/things/1', '/things/2', '/unknown']) await (await fetch(`${url}${path}`)).text();
    await (await fetch(`${url}/things/1`, { method: 'PROPFIND' })).text();
    await app.close();
    expect(await linesOf('http_server_request_duration_seconds_count')).toEqual(
      expect.arrayContaining([
        'http_server_request_duration_seconds_count{route="/things/:id",method="GET",status="200"} 2',
        'http_server_request_duration_seconds_count{route="none",method="GET",status="404"} 1',
        'http_server_request_duration_seconds_count{route="none",method="other",status="404"} 1',
      ]),
    );
  });

  it('records a request whose path cannot be decoded, and every method that Node accepts', async () => {
    const app = createHttpServer({ limits });
    maskUnexpectedErrors(app, logger);
    measureRequests(app);
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const countOf = async (labels: string) => {
      const lines = await linesOf(`http_server_request_duration_seconds_count{route="none",${labels}`);
      return lines.reduce((total, line) => total + Number(line.split(' ')[1]), 0);
    };
    const before = [await countOf('method="GET",status="400"'), await countOf('method="other"')] as const;
    const statuses = new Set([(await fetch(`${url}/%ff`)).status]);
    const others = METHODS.filter((method) => method !== 'CONNECT' && !standardMethods.has(method));
    for (const method of others) {
      const bytes = `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
      statuses.add((await exchangeRaw(url, bytes)).status);
    }
    await app.close();
    // QUERY requires a Content-Type.
    expect([...statuses].sort()).toEqual([400, 404]);
    expect(await countOf('method="GET",status="400"')).toBe(before[0] + 1);
    expect(await countOf('method="other"')).toBe(before[1] + others.length);
  });

  it('records a request whose client disconnects with the status 499', async () => {
    const app = createHttpServer({ limits });
    measureRequests(app);
    app.get('/never', () => new Promise(() => undefined));
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const client = new AbortController();
    const closed = new Promise((resolve) => {
      app.server.once('request', (_request, response) => {
        response.once('close', resolve);
        client.abort();
      });
    });
    await expect(fetch(`${url}/never`, { signal: client.signal })).rejects.toThrow();
    await closed;
    await app.close();
    expect(await linesOf('http_server_request_duration_seconds_count{route="/never"')).toEqual([
      'http_server_request_duration_seconds_count{route="/never",method="GET",status="499"} 1',
    ]);
  });

  it('has buckets that end at 0.3 s and 1 s, the limits of the service level objectives', async () => {
    const lines = await linesOf('http_server_request_duration_seconds_bucket');
    const bounds = new Set(lines.map((line) => /le="([^"]+)"/.exec(line)?.[1]));
    expect([...bounds]).toEqual(expect.arrayContaining(['0.3', '1']));
  });
});
