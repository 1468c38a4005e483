import { readFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import type { IdentityService } from '../auth';
import type { ServiceEnvironment } from '../config';
import { type DatabaseSettings, pingDatabase, waitForMigrations } from '../database';
import type { Logger } from '../logger';
import { type RunningService, runService } from '../process/run-process';
import { type RetentionRule, startRetention } from '../retention';
import type { SubgraphContext } from './authentication';
import { startSubgraph, type SubgraphParts } from './subgraph-server';

export { migrate } from './migrate';

/** Work besides requests, for example a poller. `stop` can be called without a `start`. */
export interface Background {
  start(): void;
  /** Starts nothing more and waits for what is in progress. */
  stop(): Promise<void>;
}

/** Arguments for creating the parts of a service. */
export interface ServiceBase<Settings> {
  settings: Settings;
  logger: Logger;
  /** Connected; destroyed by the service. */
  dataSource: DataSource;
  /**
   * Starts the parts when `create` has returned, and stops them before the HTTP server: the parts
   * of one call at once, those of several calls one after the other, the last first. Call it as soon
   * as a part exists, so that it is stopped also if `create` fails later.
   */
  background(...parts: Background[]): void;
  /**
   * Calls `close` after the last response was sent, in reverse order; also if the start fails
   * later.
   */
  onClose(close: () => unknown): void;
}

export interface SubgraphDefinition<Settings, Context extends SubgraphContext> {
  /** For example `product`. */
  name: string;
  identity: IdentityService;
  /** @throws ConfigError */
  loadSettings: () => Settings;
  connect: (settings: DatabaseSettings) => Promise<DataSource>;
  /** The path of schema.graphql. */
  schemaFile: string;
  resolvers: object;
  /** Retention rules. */
  retention?: { rules(settings: NoInfer<Settings>): RetentionRule[] };
  /** Creates the services and what they need; starts nothing. */
  create(base: ServiceBase<Settings>): SubgraphParts<Context> | Promise<SubgraphParts<Context>>;
}

export interface SubgraphService<Settings> {
  /**
   * Starts the service: connects, waits for pending migrations, creates the services, starts the
   * background parts and the retention, then accepts requests. `stop` ends the background parts,
   * the HTTP server and the resources, in this order and each in reverse order of its creation (see
   * `prepareDrain`). If the start fails, all that was created is stopped the same way.
   *
   * @throws the error of the step that failed, for example of `connect` or `create`
   */
  start(settings: Settings, logger: Logger): Promise<RunningService>;
  /** Runs the process: reads the settings, starts the service, stops it at a signal. */
  run(): Promise<void>;
}

export function subgraphService<
  Settings extends ServiceEnvironment & DatabaseSettings,
  Context extends SubgraphContext,
>(definition: SubgraphDefinition<Settings, Context>): SubgraphService<Settings> {
  const { name, identity, loadSettings, connect, schemaFile, resolvers, retention, create } = definition;

  const start = async (settings: Settings, logger: Logger) =>
    startSubgraph({
      ...{ name, identity, settings, logger, resolvers },
      typeDefs: readFileSync(schemaFile, 'utf8'),
      async create({ background, resources }) {
        const dataSource = resources.adopt(await connect(settings), (connected) => connected.destroy());
        await waitForMigrations(dataSource, logger);
        const created: Background[] = [];
        const parts = await create({
          ...{ settings, logger, dataSource },
          background(...added) {
            background.defer(async () => void (await Promise.all(added.map((part) => part.stop()))));
            created.push(...added);
          },
          onClose: (close) => resources.defer(async () => void (await close())),
        });
        for (const part of created) part.start();
        const rules = retention?.rules(settings) ?? [];
        background.adopt(startRetention({ dataSource, rules, logger }), (running) => running.stop());
        return { ...parts, checkReady: () => pingDatabase(dataSource) };
      },
    });

  return { start, run: () => runService({ name, loadSettings, start }) };
}
