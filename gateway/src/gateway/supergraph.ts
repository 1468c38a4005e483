import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApolloGateway } from '@apollo/gateway';
import { createServiceCredentials } from '@shop/kit/auth';
import type { Logger } from '@shop/kit/logger';
import { type GatewaySettings, subgraphUrls } from '../config';
import { SubgraphDataSource } from './subgraph-data-source';

const supergraphFile = join(__dirname, '..', '..', 'supergraph.graphql');

export interface Supergraph {
  gateway: ApolloGateway;
  /** Ends the connections to the subgraphs. */
  close(): Promise<void>;
}

/** The graph as `npm run compose` wrote it; where the subgraphs are comes from the settings. */
export async function loadSupergraph(settings: GatewaySettings, logger: Logger): Promise<Supergraph> {
  const urls = subgraphUrls(settings);
  const credentials = createServiceCredentials({ service: 'gateway', keyFile: settings.SERVICE_KEY_FILE });
  const sources: SubgraphDataSource[] = [];
  const gateway = new ApolloGateway({
    supergraphSdl: await readFile(supergraphFile, 'utf8'),
    logger,
    buildService({ name, url = '' }) {
      const source = new SubgraphDataSource({
        name,
        url: urls.get(name) ?? url,
        credentials,
        logger,
        timeoutMs: settings.SUBGRAPH_TIMEOUT_MS,
        maximumConnections: settings.SUBGRAPH_CONNECTIONS,
      });
      sources.push(source);
      return source;
    },
  });
  return { gateway, close: async () => void (await Promise.all(sources.map((source) => source.close()))) };
}
