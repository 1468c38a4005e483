import { join } from 'node:path';
import { emptyDataDir, lockDataDir, openDataDir } from '../data-dir';
import { ensureSigningRing } from '../keys';
import { startEmbeddedPostgres, stopOrphanedPostgres, type EmbeddedPostgres } from '../postgres';
import { databaseNames, recordOf, serviceNames, subgraphNames, type ServiceName } from '../services';
import { openServiceLog, type ServiceLog } from './service-log';
import { makePlan, type StackOptions, type StackPlan } from './stack-plan';
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
  await prepareDataDir(options, teardown);
  const signingKeysDir = join(dataDir, 'keys', 'signing');
  const [postgres] = await Promise.all([startPostgres(options, teardown), ensureSigningRing(signingKeysDir)]);
  const plan = await makePlan(options, signingKeysDir, postgres);
  const logs = recordOf(serviceNames, (name) => openServiceLog(name, join(dataDir, 'logs'), onLog));
  return { options, plan, postgres, logs, teardown };
}

async function prepareDataDir({ dataDir, fresh }: StackOptions, teardown: Teardown): Promise<void> {
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
  onStep?.('Starting PostgreSQL 18');
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
