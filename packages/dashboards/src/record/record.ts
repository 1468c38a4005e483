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
  type Stack,
  startStack,
  type Teardown,
  workspaceRoot,
} from '@shop/local-stack/stack';
import { natsProgram, startNatsServer } from '@shop/testkit/nats';
import { type OtlpReceiver, startOtlpReceiver } from '@shop/testkit/otlp-receiver';
import { checkRecording, type RecordingCheck } from '../check/check-recording';
import { requestDurations, resolveExemplars } from '../check/exemplars';
import { gapList } from '../check/expected-gaps';
import { recordingGaps } from '../check/recording-gaps';
import { PrometheusApi, rangeOf } from '../queries/prometheus-api';
import {
  abandonWebhook,
  causeDeadlock,
  changeSupergraph,
  exceedLogins,
  exceedRateLimit,
  failRefund,
  lockTables,
  loginAdmin,
  loseProviderKeys,
  publishPoisonEvent,
  sendGarbage,
  suspend,
} from './incidents';
import { startMixedLoad } from './mixed-load';
import { exporterProgram, startPostgresExporter } from './postgres-exporter';
import { startPrometheus } from './prometheus-server';
import { serveReconcile } from './reconcile-exporter';
import { recordingConfig } from './scrape-config';
import { storefrontManifest } from './storefront-operations';

/** What `recording.json` beside the data directory says. */
export interface RecordingDescription {
  startSeconds: number;
  endSeconds: number;
  /** Window of rates. */
  rateSeconds: number;
  /** Programs that were not installed. */
  missingPrograms: readonly string[];
  responses: Readonly<Record<string, number>>;
  check: RecordingCheck;
}

const natsServerName = 'nats-server';
const scrapeSeconds = 3;
const rateSeconds = 5 * scrapeSeconds;
const clientRequestsPerWindow = 800;
const waitingLogins = 10;
/** Longer than the objective of checkout, and shorter than a call may take. */
const slowCheckoutMs = 2_000;
/** Share of the requests that are traced. */
const tracedRequests = '0.2';
/** How long services reuse a reading of gauges from the database. */
const gaugesReusedMs = 10_000;
/** So that a reading fails. */
const lockMs = 1.2 * gaugesReusedMs;

/**
 * Starts a shop, PostgreSQL's exporter and Prometheus with docker/prometheus/prometheus.yml, runs
 * mixed load with incidents for `seconds`, checks what was recorded, and leaves the data directory
 * of Prometheus in `directory`.
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
    const receiver = await startOtlpReceiver();
    teardown.add(() => receiver.close());
    const shop = await startShop({ teardown, receiver, log });
    const { stack, metricsAddresses } = shop;
    const reconcile = await serveReconcile(stack, Math.ceil(seconds / 4));
    teardown.add(() => reconcile.stop());
    const superuserUrl = urlsOfRunningPostgres(join(stack.dataDir, 'postgres'), ['postgres'])('postgres');
    const exporter = await startPostgresExporter(superuserUrl);
    if (exporter) teardown.add(() => exporter.stop());
    const missingPrograms = [
      ...(exporter ? [] : [exporterProgram.names[0]]),
      ...(shop.hasNats ? [] : [natsServerName]),
    ];
    for (const program of missingPrograms) log(`${program} is not installed: its metrics are not recorded`);
    const targets = { ...metricsAddresses, postgres: exporter?.address, reconcile: reconcile.address };
    const prometheus = await startPrometheus({
      directory,
      config: (address) => recordingConfig({ targets: { ...targets, prometheus: address }, scrapeSeconds }),
    });
    teardown.add(() => prometheus.stop());

    const startSeconds = Date.now() / 1_000;
    log(`recording ${seconds} s`);
    const responses = await runLoad({ ...shop, seconds, teardown });
    // The last values.
    await pause(2 * scrapeSeconds * 1_000);
    const range = rangeOf(startSeconds, Date.now() / 1_000);
    const api = new PrometheusApi(prometheus.url);
    log('checking the recording');
    const check = await checkRecording({
      recording: { api, range, rateSeconds },
      gaps: gapList(recordingGaps),
      missingPrograms,
      targets: await api.targets(),
      exemplars: resolveExemplars(await api.exemplars(requestDurations, range), receiver.spans, serviceNames),
    });
    const description: RecordingDescription = {
      ...{ startSeconds, endSeconds: range.endSeconds, rateSeconds, missingPrograms },
      ...{ responses: Object.fromEntries(responses), check },
    };
    writeFileSync(join(directory, 'recording.json'), JSON.stringify(description, null, 2));
    return description;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await teardown.run();
  }
}

/** Mixed load with all incidents; returns the responses by status. */
async function runLoad(input: {
  stack: Stack;
  supergraphFile: string;
  seconds: number;
  teardown: Teardown;
}): Promise<ReadonlyMap<string, number>> {
  const { stack, supergraphFile, seconds, teardown } = input;
  const { user, product, order, payment } = stack.databaseUrls;
  const adminToken = await loginAdmin(stack);
  const load = await startMixedLoad({ gatewayUrl: stack.gatewayUrl, adminToken, customers: 6 });
  teardown.add(() => load.stop());
  // Unreferenced, so that the program ends if an incident cannot be caused.
  const at = (share: number) => pause(share * seconds * 1_000, undefined, { ref: false });
  await Promise.all([
    at(0.02).then(() => loseProviderKeys(stack, adminToken)),
    at(0.1).then(() => failRefund(stack, adminToken)),
    at(0.04).then(() => publishPoisonEvent(stack)),
    // Orders that are created and paid, slowly.
    ...[0.12, 0.15, 0.26].map((share) => at(share).then(() => suspend(stack.services.order, slowCheckoutMs))),
    at(0.18).then(() => exceedLogins(stack, 5 * waitingLogins)),
    at(0.2).then(() => abandonWebhook(stack, 2 * gaugesReusedMs)),
    at(0.22).then(() => changeSupergraph(supergraphFile)),
    at(0.3).then(() => suspend(stack.services.payment, 0.08 * seconds * 1_000)),
    at(0.42).then(() => stack.services.product.kill('SIGKILL')),
    at(0.5).then(() => Promise.all([user, payment].map((url) => lockTables(url, lockMs)))),
    at(0.67).then(() => Promise.all([product, order].map((url) => lockTables(url, lockMs)))),
    at(0.82).then(() => causeDeadlock(order)),
    at(0.83).then(() => exceedRateLimit(stack, 500)),
    at(0.9).then(() => sendGarbage(stack)),
    at(1),
  ]);
  await load.stop();
  return load.responses;
}

async function startShop(input: { teardown: Teardown; receiver: OtlpReceiver; log: (line: string) => void }) {
  const { teardown, receiver, log } = input;
  const dataDir = mkdtempSync(join(tmpdir(), 'shop-recording-'));
  teardown.add(() => rmSync(dataDir, { recursive: true, force: true }));
  const nats = natsProgram() === undefined ? undefined : await startNatsServer();
  if (nats) teardown.add(() => nats.close());
  // A copy, because the recording changes it.
  const supergraphFile = join(dataDir, 'supergraph.graphql');
  copyFileSync(join(workspaceRoot, 'gateway', 'supergraph.graphql'), supergraphFile);
  const manifestFile = join(dataDir, 'persisted-operations.json');
  writeFileSync(manifestFile, storefrontManifest());
  const ports = await freePorts(serviceNames.length);
  const metricsPorts = recordOf(serviceNames, (name) => ports[serviceNames.indexOf(name)] as number);
  const stack = await startStack({
    dataDir,
    seedProducts: 100,
    admin: { email: 'admin@shop.example' },
    env: {
      ...inheritedEnvironment,
      LOG_LEVEL: 'warn',
      PERSISTED_OPERATIONS: 'log',
      PERSISTED_OPERATIONS_FILE: manifestFile,
      // Makes the user subgraph collect garbage.
      REVOKED_SESSIONS_POLL_MS: '100',
      SIGN_INS_WAITING: String(waitingLogins),
      RATE_LIMIT_CLIENT_REQUESTS: String(clientRequestsPerWindow),
      ...(nats && { NATS_URL: nats.url }),
      ...receiver.env,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: tracedRequests,
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
  return { stack, supergraphFile, metricsAddresses, hasNats: nats !== undefined };
}
