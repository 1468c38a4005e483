import type { FastifyInstance } from 'fastify';
import type { ServiceEnvironment } from '../config';
import type { Logger } from '../logger';
import { boundedHistogram, exposition, onFailedReadings, sampledTraceId } from '../metrics';
import { standardMethods } from '../telemetry';
import { measureProcess } from '../metrics/registry';
import { type ConnectionLimits, createHttpServer } from './http-server';
import { onRequestEnd, routePatternOf } from './request-end';
import { maskUnexpectedErrors } from './unexpected-errors';

export interface MetricsServer {
  /** http://host:port */
  url: string;
  close(): Promise<void>;
}

/** The port of the metrics where the operator has set none, as OpenTelemetry's exporter has it. */
export const defaultMetricsPort = 9464;

interface MetricsServerOptions {
  settings: ConnectionLimits & Pick<ServiceEnvironment, 'METRICS_HOST' | 'METRICS_PORT'>;
  logger: Logger;
}

/**
 * Serves /metrics on METRICS_PORT (0: any free port; not set: 9464) of METRICS_HOST, so that it can be
 * kept internal.
 *
 * @throws Error if the port is in use: on another one, Prometheus would not find the process
 */
export async function serveMetrics({ settings, logger }: MetricsServerOptions): Promise<MetricsServer> {
  const { METRICS_HOST: host, METRICS_PORT: port = defaultMetricsPort, ...limits } = settings;
  const own = createHttpServer({ limits });
  maskUnexpectedErrors(own, logger);
  addMetricsRoute(own, logger);
  try {
    const url = await own.listen({ host, port });
    logger.info('serving metrics', { url });
    return { url, close: () => own.close() };
  } catch (error) {
    await own.close();
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const remedy = 'stop the process that uses it, or set METRICS_PORT to another port (0: any free one)';
    throw new Error(`METRICS_PORT=${port} is in use on METRICS_HOST=${host}: ${remedy}.`, { cause: error });
  }
}

/** Adds /metrics to a server: OpenMetrics for scrapers that accept it, else Prometheus text. */
export function addMetricsRoute(app: FastifyInstance, logger: Logger): void {
  measureProcess();
  // A warning, so that those of an outage are one line per window.
  onFailedReadings((reader, error) => logger.warn('gauges could not be read', { reader, error }));
  app.get('/metrics', async (request, reply) => {
    const { contentType, text } = await exposition(request.headers.accept);
    return reply.type(contentType).send(text);
  });
}

const duration = boundedHistogram({
  name: 'http_server_request_duration_seconds',
  help: 'Time from the first byte of a request to the last byte of its response.',
  labels: {
    route: 'route patterns, none without a route, other',
    method: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, other',
    status: 'HTTP status, 499 if the client disconnected',
  },
  // 0.3 s and 1 s are the limits of the service level objectives.
  buckets: [0.005, 0.025, 0.1, 0.3, 1, 2.5, 10],
  maximumCombinations: 80,
  surplus: ({ status }) => ({ route: 'other', method: 'other', status }),
  // A client that collects every 4xx must not hide the failures of an outage.
  isReserved: ({ route, method, status }) => route !== 'none' && method !== 'HEAD' && !status.startsWith('4'),
});

/** The status of a request whose client disconnected before the response. */
const abortedStatus = '499';

/** Records the duration of requests by route, method and status, also of those that are aborted. */
export function measureRequests(app: FastifyInstance): void {
  onRequestEnd(app, (request, reply) => {
    const route = routePatternOf(request);
    // Node's parser accepts more than thirty methods.
    const method = standardMethods.has(request.method) ? request.method : 'other';
    const traceId = sampledTraceId();
    return ({ durationMs, isAborted }) => {
      const status = isAborted ? abortedStatus : String(reply.statusCode);
      duration.observe({ route, method, status }, durationMs / 1_000, traceId);
    };
  });
}
