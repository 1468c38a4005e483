import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHttpEventBus } from '@shop/events/bus';
import { createServiceCredentials } from '@shop/kit/auth';
import { pingDatabase } from '@shop/kit/database';
import { startJobs } from '@shop/kit/jobs';
import type { Logger } from '@shop/kit/logger';
import { createPeer } from '@shop/kit/peer';
import { type RunningService, runService, startSubgraph } from '@shop/kit/service';
import type { Telemetry } from '@shop/kit/telemetry';
import type { DataSource } from 'typeorm';
import { loadPaymentSettings, type PaymentSettings } from './config';
import { createContext } from './context';
import { connect } from './data-source';
import { createTasks } from './jobs';
import { createProviders, type Providers } from './providers/providers';
import { createSimulator } from './providers/simulator/simulator';
import { SimulatorLedgerRepository } from './providers/simulator/simulator-ledger.repository';
import { withTimeLimit } from './providers/time-limit';
import { resolvers } from './resolvers';
import { createServices } from './services';

/** Shorter than the order subgraph's patience: it is to hear "undecided" rather than nothing. */
const providerTimeoutMs = 3_000;

/** Starts the payment subgraph with its jobs on a database that is migrated. */
export async function startPayment(settings: PaymentSettings, logger: Logger): Promise<RunningService> {
  const dataSource = await connect(settings);
  const services = createServices({
    dataSource,
    providers: configureProviders(settings, dataSource),
    logger,
  });
  const credentials = createServiceCredentials({ service: 'payment', keyFile: settings.SERVICE_KEY_FILE });
  const order = createPeer({ name: 'order', url: settings.ORDER_URL, credentials });
  const bus = createHttpEventBus({
    subscribers: { 'payment.succeeded': [order], 'payment.failed': [order] },
  });
  const jobs = await startJobs({
    databaseUrl: settings.DATABASE_URL,
    tasks: createTasks(services, bus),
    logger,
  });
  return startSubgraph({
    name: 'payment',
    environment: settings,
    logger,
    typeDefs: readFileSync(join(__dirname, '..', 'schema.graphql'), 'utf8'),
    resolvers,
    context: createContext(services),
    checkReady: () => pingDatabase(dataSource),
    onStop: async () => {
      await jobs.stop();
      await order.close();
      await dataSource.destroy();
    },
  });
}

function configureProviders(settings: PaymentSettings, dataSource: DataSource): Providers {
  const simulator = createSimulator({
    ledger: new SimulatorLedgerRepository(dataSource),
    seed: settings.PAYMENT_SIMULATOR_SEED,
    successRate: settings.PAYMENT_SIMULATOR_SUCCESS_RATE,
  });
  return createProviders(withTimeLimit(simulator, providerTimeoutMs));
}

/** The process's whole life. */
export function run(telemetry: Telemetry): Promise<void> {
  return runService({ name: 'payment', telemetry, loadSettings: loadPaymentSettings, start: startPayment });
}
