export { startSubgraph } from './subgraph-server';
export type { RunningService, SubgraphOptions } from './subgraph-server';
export type { SubgraphContext } from './subgraph-context';
export type { AuthenticatedRoute } from './authentication';
export { createHttpServer } from './http-server';
export { addHealth } from './health';
export type { Health } from './health';
export { runUntilStopped } from './process-life';
