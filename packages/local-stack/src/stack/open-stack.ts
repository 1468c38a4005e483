import { join } from 'node:path';
import { inheritedEnvironment } from '../config/inherited-environment';
import {
  emptyDataDir,
  ensureSecretFile,
  lockDataDir,
  newSecret,
  openDataDir,
  readOrCreate,
} from '../data-dir';
import { ensureServiceKeys, ensureSigningRing } from '../keys';
import { startEmbeddedPostgres, stopOrphanedPostgres, type EmbeddedPostgres } from '../postgres';
import { openServiceLog, type ServiceLog } from './service-log';
import {
  databaseNames,
  recordOf,
  serviceNames,
  subgraphNames,
  type ServiceName,
  type SubgraphName,
} from './services';
import type { StackOptions } from './stack-options';
import { choosePorts, originOf, type StackPlan } from './stack-plan';
import type { Teardown } from './teardown';

/** A locked data directory with a running PostgreSQL. */
export interface OpenStack {
  options: StackOptions;
  plan: StackPlan;
  /** Undefined if all databases are external. */
  postgres: EmbeddedPostgres | undefined;
  logs: Readonly<Record<ServiceName, ServiceLog>>;
  teardown: Teardown;
}

/**
 * Locks the data directory, creates keys and passwords, starts PostgreSQL. `teardown` undoes it.
 */
export async function openStack(options: StackOptions, teardown: Teardown): Promise<OpenStack> {
  const { dataDir, onLog = () => undefined } = options;
  await claimDataDir(options, teardown);
  const signingKeysDir = join(dataDir, 'keys', 'signing');
  const [postgres] = await Promise.all([startPostgres(options, teardown), ensureSigningRing(signingKeysDir)]);
  const plan = await makePlan(options, signingKeysDir, postgres);
  const logs = recordOf(serviceNames, (name) => openServiceLog(name, join(dataDir, 'logs'), onLog));
  return { options, plan, postgres, logs, teardown };
}

async function claimDataDir({ dataDir, fresh }: StackOptions, teardown: Teardown): Promise<void> {
  openDataDir(dataDir);
  const lock = lockDataDir(dataDir);
  teardown.add(() => lock.release());
  if (!fresh) return;
  await stopOrphanedPostgres(join(dataDir, 'postgres'));
  emptyDataDir(dataDir);
}

async function startPostgres(
  options: StackOptions,
  teardown: Teardown,
): Promise<EmbeddedPostgres | undefined> {
  const { dataDir, databaseUrls = {}, onStep, onNotice } = options;
  if (subgraphNames.every((name) => databaseUrls[name])) return undefined;
  onStep?.('postgres', 'PostgreSQL 18');
  const postgres = await startEmbeddedPostgres({
    directory: join(dataDir, 'postgres'),
    databases: subgraphNames.map((name) => databaseNames[name]),
    logFile: join(dataDir, 'logs', 'postgres.log'),
  });
  teardown.add(() => postgres.stop());
  if (postgres.stoppedOrphanPid) {
    onNotice?.(
      `stopped the PostgreSQL (process ${postgres.stoppedOrphanPid}) that a killed stack had left on ${dataDir}`,
    );
  }
  return postgres;
}

async function makePlan(
  options: StackOptions,
  signingKeysDir: string,
  postgres: EmbeddedPostgres | undefined,
): Promise<StackPlan> {
  const { dataDir, databaseUrls = {}, admin, urls = {}, replicaPorts = {} } = options;
  const firstPorts = await choosePorts(options.ports ?? {});
  const host = options.host ?? '127.0.0.1';
  const embeddedUrl = (name: SubgraphName) => postgres?.urlOf(databaseNames[name]) as string;
  return {
    host,
    ports: recordOf(serviceNames, (name) => [firstPorts[name], ...(replicaPorts[name] ?? [])]),
    urls: recordOf(
      serviceNames,
      (name) => urls[name] ?? originOf({ service: name, port: firstPorts[name], host }),
    ),
    databaseUrls: recordOf(subgraphNames, (name) => databaseUrls[name] ?? embeddedUrl(name)),
    databaseSessionUrls: options.databaseSessionUrls ?? {},
    admin: {
      email: admin.email,
      password: admin.password ?? readOrCreate(join(dataDir, 'admin-password'), newSecret),
    },
    seedProducts: options.seedProducts ?? 1_000,
    keys: ensureServiceKeys(join(dataDir, 'keys', 'services'), serviceNames),
    signingKeysDir,
    webhookSecretFile: ensureSecretFile(join(dataDir, 'keys', 'simulator-webhook-secret')),
    env: options.env ?? inheritedEnvironment,
    serviceEnv: options.serviceEnv ?? {},
  };
}
