export { logRequests } from '../http/access-log';
export { hashOfSchema } from '../http/health';
export { createHttpServer, type ConnectionLimits } from '../http/http-server';
export { utf8Body } from '../http/malformed-requests';
export { addMetricsRoute, measureRequests, type MetricsServer, serveMetrics } from '../http/metrics-server';
export { httpStatusOf } from '../http/unexpected-errors';
export { prepareDrain } from '../process/drain';
export { createServiceLogger, runCommand, type RunningService, runService } from '../process/run-process';
export { responseHeaders } from '../subgraph/apollo-plugins';
export { type AuthenticatedRoute, requireService, type SubgraphContext } from '../subgraph/authentication';
export {
  type Lifetime,
  startSubgraph,
  type SubgraphOptions,
  type SubgraphParts,
} from '../subgraph/subgraph-server';
