import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inheritedEnvironment } from '@shop/local-stack/config';
import { freePorts } from '@shop/local-stack/ports';
import { urlsOfRunningPostgres } from '@shop/local-stack/postgres';
import {
  createTeardown,
  recordOf,
  serviceNames,
  startStack,
  type Teardown,
  workspaceRoot,
} from '@shop/local-stack/stack';
import { natsProgram, startNatsServer } from '@shop/testkit/nats';
import {
  changeSupergraph,
  exceedRateLimit,
  failRefund,
  loginAdmin,
  publishPoisonEvent,
  sendGarbage,
  suspend,
} from './incidents';
import { startMixedLoad } from './mixed-load';
import { startPostgresExporter } from './postgres-exporter';
import { startPrometheus } from './prometheus-server';
import { serveReconcile } from './reconcile-exporter';
import { recordingConfig } from './scrape-config';

/** What `recording.json` beside the data directory says. */
export interface RecordingDescription {
  startSeconds: number;
  endSeconds: number;
  scrapeSeconds: number;
  responses: Readonly<Record<string, number>>;
}

const scrapeSeconds = 3;
const clientRequestsPerWindow = 800;

/**
 * Starts a shop, PostgreSQL's exporter and Prometheus with docker/prometheus/prometheus.yml, runs
 * mixed load with incidents for `seconds`, and leaves the data directory of Prometheus in
 * `directory`.
 */
export async function recordShop(input: {
  directory: string;
  seconds: number;
  log: (line: string) => void;
}): Promise<RecordingDescription> {
  const { directory, seconds, log } = input;
  rmSync(directory, { recursive: true, force: true });
  const teardown = createTeardown();
  const interrupt = () => void teardown.run().finally(() => process.exit(130));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const { stack, metricsAddresses, supergraphFile } = await startShop(teardown, log);
    const reconcile = await serveReconcile(stack);
    teardown.add(() => reconcile.stop());
    const superuserUrl = urlsOfRunningPostgres(join(stack.dataDir, 'postgres'), ['postgres'])('postgres');
    const exporter = await startPostgresExporter(superuserUrl);
    if (exporter) teardown.add(() => exporter.stop());
    else log('prometheus-postgres-exporter is not installed: the panels of PostgreSQL will have no data.');
    const targets = { ...metricsAddresses, postgres: exporter?.address, reconcile: reconcile.address };
    const prometheus = await startPrometheus({
      directory,
      config: recordingConfig({ targets, scrapeSeconds }),
    });
    teardown.add(() => prometheus.stop());

    const adminToken = await loginAdmin(stack);
    const startSeconds = Date.now() / 1_000;
    log(`recording ${seconds} s`);
    const load = await startMixedLoad({ gatewayUrl: stack.gatewayUrl, adminToken, customers: 6 });
    teardown.add(() => load.stop());
    // Unreferenced, so that the program ends if an incident cannot be caused.
    const at = (share: number) => pause(share * seconds * 1_000, undefined, { ref: false });
    await Promise.all([
      at(0.1).then(() => reconcile.reconcile()),
      at(0.15).then(() => failRefund(stack, adminToken)),
      at(0.2).then(() => publishPoisonEvent(stack)),
      at(0.3).then(() => changeSupergraph(supergraphFile)),
      at(0.35).then(() => suspend(stack.services.payment, 0.1 * seconds * 1_000)),
      at(0.55).then(() => stack.services.product.kill('SIGKILL')),
      at(0.7).then(() => exceedRateLimit(stack, 2 * clientRequestsPerWindow)),
      at(0.8).then(() => sendGarbage(stack)),
      at(0.85).then(() => reconcile.reconcile()),
      at(1),
    ]);
    await load.stop();
    // The last values.
    await pause(2 * scrapeSeconds * 1_000);
    const description = {
      ...{ startSeconds, endSeconds: Date.now() / 1_000, scrapeSeconds },
      responses: Object.fromEntries(load.responses),
    };
    writeFileSync(join(directory, 'recording.json'), JSON.stringify(description, null, 2));
    return description;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await teardown.run();
  }
}

async function startShop(teardown: Teardown, log: (line: string) => void) {
  const dataDir = mkdtempSync(join(tmpdir(), 'shop-recording-'));
  teardown.add(() => rmSync(dataDir, { recursive: true, force: true }));
  const nats = natsProgram() === undefined ? undefined : await startNatsServer();
  if (nats) teardown.add(() => nats.close());
  else log('nats-server is not installed: the panels of the event stream will have no data.');
  // A copy, because the recording changes it.
  const supergraphFile = join(dataDir, 'supergraph.graphql');
  copyFileSync(join(workspaceRoot, 'gateway', 'supergraph.graphql'), supergraphFile);
  const ports = await freePorts(serviceNames.length);
  const metricsPorts = recordOf(serviceNames, (name) => ports[serviceNames.indexOf(name)] as number);
  const stack = await startStack({
    dataDir,
    seedProducts: 100,
    admin: { email: 'admin@shop.example' },
    env: {
      ...inheritedEnvironment,
      LOG_LEVEL: 'warn',
      // Ten tries of an event with the default backoff take 30 s.
      EVENT_RETRY_MAX_MS: '50',
      PERSISTED_OPERATIONS: 'log',
      RATE_LIMIT_CLIENT_REQUESTS: String(clientRequestsPerWindow),
      ...(nats && { NATS_URL: nats.url }),
    },
    serviceEnv: recordOf(serviceNames, (name) => ({
      METRICS_PORT: String(metricsPorts[name]),
      ...(name === 'gateway' && { SUPERGRAPH_FILE: supergraphFile }),
    })),
    onStep: log,
    onNotice: log,
  });
  teardown.add(() => stack.stop());
  const metricsAddresses = recordOf(serviceNames, (name) => `127.0.0.1:${metricsPorts[name]}`);
  return { stack, supergraphFile, metricsAddresses };
}
