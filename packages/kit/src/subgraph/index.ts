export { migrate } from './migrate';
export { subgraphService } from './subgraph-service';
export type { Background, ServiceBase, SubgraphDefinition } from './subgraph-service';
