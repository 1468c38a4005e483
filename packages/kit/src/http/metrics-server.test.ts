import { freePorts } from '@shop/local-stack/ports';
import { exchangeRaw } from '@shop/testkit/raw-socket';
import { createLogger } from '../logger';
import { createHttpServer } from '../service';
import { type MetricsServer, serveMetrics } from './metrics-server';

const limits = {
  HTTP_HEADERS_TIMEOUT_MS: 10_000,
  HTTP_REQUEST_TIMEOUT_MS: 10_000,
  HTTP_MAX_CONNECTIONS: 100,
};

describe('The server of /metrics', () => {
  let metrics: MetricsServer;
  let url: string;
  beforeAll(async () => {
    const logger = createLogger({ service: 'test' });
    logger.silent = true;
    const [port] = (await freePorts(1)) as [number];
    url = `http://127.0.0.1:${port}`;
    const app = createHttpServer({ limits });
    metrics = await serveMetrics(app, { host: '127.0.0.1', port, limits, logger });
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
});
