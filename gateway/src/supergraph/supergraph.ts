import { readFile } from 'node:fs/promises';
import type { Logger } from '@shop/kit/logger';
import { counter, defineGauges, registerGauges } from '@shop/kit/metrics';
import { GraphQLError } from 'graphql';
import { type GatewaySettings, subgraphUrls } from '../config';
import type { PlannableOperation } from '../execution/execution-request';
import { connectSubgraphs, type SubgraphAddress } from '../subgraphs/data-sources';
import { followFile } from './follow-file';
import { ReloadingGateway } from './reloading-gateway';
import { planAhead } from './plan-ahead';
import { loadSupergraphVersion } from './supergraph-version';

const pollIntervalMs = 500;

const reloads = counter({
  name: 'gateway_supergraph_reloads_total',
  help: 'New contents of the supergraph file, by whether they are served.',
  labels: { outcome: ['taken', 'refused'] },
});

const supergraphGauges = defineGauges({
  reader: 'supergraph',
  gauges: {
    gateway_plan_cache_entries: 'Query plans in the cache of the supergraph in use.',
    gateway_supergraph_rejected:
      '1 while the supergraph file has content that was rejected, or cannot be read; else 0.',
  },
});

/** Part of the response of `/readyz`. */
export interface SupergraphState {
  /** ID of the version in use. */
  version: string;
  takenAt: Date;
  /** Set while the file has other content, which was rejected. */
  refused?: { reason: string; at: Date };
}

export interface Supergraph {
  gateway: ReloadingGateway;
  state(): SupergraphState;
  /** Plans `operations` now, and those of `atReload` before a reloaded supergraph is used. */
  planAhead(
    operations: readonly PlannableOperation[],
    atReload: () => Promise<readonly PlannableOperation[]>,
  ): Promise<void>;
  /** Stops following the file and closes the connections to the subgraphs. */
  close(): Promise<void>;
}

/**
 * Loads the supergraph that `npm run compose` wrote, and reloads it when the file changes. New
 * content that cannot be served is rejected and the previous supergraph stays in use. The settings
 * take precedence over the subgraph URLs in the file.
 *
 * @throws Error if the supergraph cannot be served at the start
 */
export async function openSupergraph(settings: GatewaySettings, logger: Logger): Promise<Supergraph> {
  const file = settings.SUPERGRAPH_FILE;
  const urls = subgraphUrls(settings);
  const dataSources = connectSubgraphs(settings, logger);

  async function load(sdl: string) {
    const used: SubgraphAddress[] = [];
    const version = await loadSupergraphVersion({
      sdl,
      logger,
      dataSourceFor({ name, url: composedUrl }) {
        const address = { name, url: urls.get(name) ?? composedUrl };
        used.push(address);
        return dataSources.get(address);
      },
    });
    return { version, used };
  }

  async function reload(content: string | Error): Promise<void> {
    try {
      if (content instanceof Error) throw content;
      const { version, used } = await load(content);
      await planAhead(version, await operationsAtReload(), logger);
      gateway.update(version);
      dataSources.retireAllBut(used);
      state = { version: version.id, takenAt: new Date() };
      reloads.inc({ outcome: 'taken' });
      logger.info('supergraph reloaded', { file, version: version.id });
    } catch (error) {
      const reason = rejectionReason(error);
      state = { ...state, refused: { reason, at: new Date() } };
      reloads.inc({ outcome: 'refused' });
      logger.error('supergraph rejected, keeping the previous supergraph', {
        ...{ file, reason, version: state.version },
      });
    }
  }

  let operationsAtReload = (): Promise<readonly PlannableOperation[]> => Promise.resolve([]);
  const { version: first } = await load(await readFile(file, 'utf8'));
  const gateway = new ReloadingGateway(first);
  let state: SupergraphState = { version: first.id, takenAt: new Date() };
  const read = async () => ({
    gateway_plan_cache_entries: gateway.planCount,
    gateway_supergraph_rejected: state.refused ? 1 : 0,
  });
  registerGauges({ ...supergraphGauges, read, freshMs: 0 });
  const followed = followFile({ file, content: first.sdl, pollIntervalMs, onChange: reload });
  return {
    gateway,
    state: () => state,
    planAhead(operations, atReload) {
      operationsAtReload = atReload;
      return planAhead(first, operations, logger);
    },
    async close() {
      await followed.stop();
      await dataSources.close();
    },
  };
}

/** Why a supergraph was rejected, in one line: code, position, message. */
export function rejectionReason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(rejectionReason).join('; ');
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof GraphQLError)) return error.message;
  const { code } = error.extensions;
  const position = error.locations?.[0];
  return [
    ...(typeof code === 'string' ? [`${code}:`] : []),
    ...(position ? [`line ${position.line}, column ${position.column}:`] : []),
    error.message,
  ].join(' ');
}
