import { readFile } from 'node:fs/promises';
import { createServiceCredentials } from '@shop/kit/auth';
import type { Logger } from '@shop/kit/logger';
import { counter } from '@shop/kit/metrics';
import { type GatewaySettings, subgraphUrls } from '../config';
import { followFile } from './follow-file';
import { ReloadingGateway } from './reloading-gateway';
import { SubgraphDataSource } from '../subgraphs/subgraph-data-source';
import { type SubgraphAddress, SubgraphSources } from '../subgraphs/subgraph-sources';
import { loadSupergraphVersion, type SupergraphVersion } from './supergraph-version';
import { whyRefused } from './rejection-reason';

const pollIntervalMs = 500;

/** For the log and `/readyz`. */
export interface SupergraphState {
  /** Of the graph that is served. */
  version: string;
  takenAt: Date;
  /** Set while the file holds something else that cannot be served. */
  refused?: { reason: string; at: Date };
}

export interface Supergraph {
  gateway: ReloadingGateway;
  state(): SupergraphState;
  /** Ends the connections to the subgraphs. */
  close(): Promise<void>;
}

/**
 * The graph as `npm run compose` wrote it, followed as its file changes: a new one that can be served is taken, any other is
 * refused and the last good one stays. Where the subgraphs are comes from the settings.
 *
 * @throws Error when there is no good one at the start
 */
export async function openSupergraph(settings: GatewaySettings, logger: Logger): Promise<Supergraph> {
  const file = settings.SUPERGRAPH_FILE;
  const sources = connectSubgraphs(settings, logger);
  const load = (sdl: string) => loadVersion(sdl, sources, settings, logger);
  const { version: first } = await load(await readFile(file, 'utf8'));
  const gateway = new ReloadingGateway(first);
  let state: SupergraphState = { version: first.id, takenAt: new Date() };
  const reloads = counter({
    name: 'gateway_supergraph_reloads_total',
    help: 'New contents of the supergraph file, by whether they are served.',
    labelNames: ['outcome'],
  });

  async function take(content: string | Error): Promise<void> {
    try {
      if (content instanceof Error) throw content;
      const { version, used } = await load(content);
      gateway.take(version);
      sources.retireAllBut(used);
      state = { version: version.id, takenAt: new Date() };
      reloads.inc({ outcome: 'taken' });
      logger.info('supergraph taken', { file, version: version.id });
    } catch (error) {
      const reason = whyRefused(error);
      state = { ...state, refused: { reason, at: new Date() } };
      reloads.inc({ outcome: 'refused' });
      logger.error('supergraph refused, the last good one stays', { file, reason, served: state.version });
    }
  }

  const followed = followFile({ file, content: first.sdl, pollIntervalMs, react: take });
  return {
    gateway,
    state: () => state,
    async close() {
      await followed.stop();
      await sources.close();
    },
  };
}

async function loadVersion(
  sdl: string,
  sources: SubgraphSources,
  settings: GatewaySettings,
  logger: Logger,
): Promise<{ version: SupergraphVersion; used: SubgraphAddress[] }> {
  const urls = subgraphUrls(settings);
  const used: SubgraphAddress[] = [];
  const version = await loadSupergraphVersion({
    sdl,
    logger,
    dataSourceFor({ name, url: composedUrl }) {
      const url = urls.get(name) ?? composedUrl;
      used.push({ name, url });
      return sources.get({ name, url });
    },
  });
  return { version, used };
}

function connectSubgraphs(settings: GatewaySettings, logger: Logger): SubgraphSources {
  const credentials = createServiceCredentials({ service: 'gateway', keyFile: settings.SERVICE_KEY_FILE });
  return new SubgraphSources(
    ({ name, url }) =>
      new SubgraphDataSource({
        name,
        url,
        credentials,
        logger,
        queryTimeoutMs: settings.SUBGRAPH_QUERY_TIMEOUT_MS,
        mutationTimeoutMs: settings.SUBGRAPH_TIMEOUT_MS,
        maximumConnections: settings.SUBGRAPH_CONNECTIONS,
        maximumWaiting: settings.SUBGRAPH_WAITING,
      }),
  );
}
