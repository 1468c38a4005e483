import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectEvents } from '@shop/events/service';
import { connectPatiently, pingDatabase } from '@shop/kit/database';
import type { Logger } from '@shop/kit/logger';
import { startRetention } from '@shop/kit/retention';
import { createServiceLogger, type RunningService, runService, startSubgraph } from '@shop/kit/service';
import type { Telemetry } from '@shop/kit/telemetry';
import { loadServiceSettings, type ProductSettings } from './config';
import { createContextFactory } from './context';
import { createProductDataSource } from './data-source';
import { exposeStockFigures } from './operations/stock-figures';
import { resolvers } from './resolvers';
import { retentionRules } from './retention';

const name = 'product';

/** Serves the product subgraph; its database must have been migrated. `stop()` also closes the pool. */
export async function startProduct(
  settings: ProductSettings,
  logger: Logger = createServiceLogger(name, settings),
): Promise<RunningService> {
  const dataSource = await connectPatiently(createProductDataSource(settings));
  exposeStockFigures(dataSource);
  const events = connectEvents({ service: name, settings, dataSource, logger });
  events.start();
  const retention = startRetention({ dataSource, rules: retentionRules(settings), logger });
  const finishWork = async () => {
    await retention.stop();
    await events.stop();
  };
  try {
    return await startSubgraph({
      name,
      environment: settings,
      logger,
      typeDefs: readFileSync(join(__dirname, '..', 'schema.graphql'), 'utf8'),
      resolvers,
      context: createContextFactory(dataSource, events.outbox),
      checkReady: () => pingDatabase(dataSource),
      finishWork,
      onStop: () => dataSource.destroy(),
    });
  } catch (error) {
    await finishWork();
    await dataSource.destroy();
    throw error;
  }
}

export function run(telemetry: Telemetry): Promise<void> {
  return runService({ name, telemetry, loadSettings: loadServiceSettings, start: startProduct });
}
