import { join } from 'node:path';
import { emptyDataDir, lockDataDir, newSecret, openDataDir, readOrCreate } from '../data-dir';
import { ensureServiceKeys, ensureSigningRing } from '../keys';
import { startEmbeddedPostgres, stopOrphanedPostgres, type EmbeddedPostgres } from '../postgres';
import { prepareDatabase } from './preparation';
import { readPreparationMarks } from './preparation-mark';
import { openServiceLog, type ServiceLog } from './service-log';
import { databaseNames, recordOf, serviceNames, subgraphNames, type ServiceName, type SubgraphName } from './services';
import { startServices, supervisePostgres, type Stack } from './stack';
import type { StackOptions } from './stack-options';
import { choosePorts, urlOf, type StackPlan } from './stack-plan';
import { createTeardown, type Teardown } from './teardown';

/**
 * Starts a whole shop on this machine: PostgreSQL, keys, migrations, seed and the five services, each a process of
 * its own. Whatever fails, nothing of it stays running.
 *
 * @throws StackError in one line, with the remedy
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const teardown = createTeardown();
  const { signal } = options;
  const abort = () => void teardown.run().catch(() => undefined);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await start(options, teardown);
  } catch (error) {
    await teardown.run().catch(() => undefined);
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

async function start(options: StackOptions, teardown: Teardown): Promise<Stack> {
  const { dataDir, restart = true, onNotice = () => undefined, signal } = options;
  await claimDataDir(options, teardown);
  const supervision = { restart, onNotice, teardown };
  const signingKeysDir = join(dataDir, 'keys', 'signing');
  const [postgres] = await Promise.all([startPostgres(options, teardown), ensureSigningRing(signingKeysDir)]);
  const postgresProcess = postgres && (await supervisePostgres(postgres, supervision));
  signal?.throwIfAborted();
  const plan = await makePlan(options, signingKeysDir, postgres);
  const logs = openLogs(options);
  if (!options.isPrepared) await prepareDatabases({ options, plan, postgres, logs, teardown });
  signal?.throwIfAborted();
  options.onStep?.('services', serviceNames.map((name) => `${name} ${plan.ports[name]}`).join(', '));
  const services = await startServices({ ...supervision, plan, logs });
  signal?.throwIfAborted();
  return {
    gatewayUrl: urlOf(plan, 'gateway'),
    services,
    postgres: postgresProcess,
    databaseUrls: plan.databaseUrls,
    admin: plan.admin,
    dataDir,
    stop: () => teardown.run(),
  };
}

async function claimDataDir({ dataDir, fresh }: StackOptions, teardown: Teardown): Promise<void> {
  openDataDir(dataDir);
  const lock = lockDataDir(dataDir);
  teardown.add(() => lock.release());
  if (!fresh) return;
  await stopOrphanedPostgres(join(dataDir, 'postgres'));
  emptyDataDir(dataDir);
}

async function startPostgres(options: StackOptions, teardown: Teardown): Promise<EmbeddedPostgres | undefined> {
  const { dataDir, databaseUrls = {}, onStep, onNotice } = options;
  const own = subgraphNames.filter((name) => !databaseUrls[name]);
  if (own.length === 0) return undefined;
  onStep?.('postgres', 'PostgreSQL 18');
  const postgres = await startEmbeddedPostgres({
    directory: join(dataDir, 'postgres'),
    databases: subgraphNames.map((name) => databaseNames[name]),
    logFile: join(dataDir, 'logs', 'postgres.log'),
  });
  teardown.add(() => postgres.stop());
  if (postgres.stoppedOrphanPid) {
    onNotice?.(`stopped the PostgreSQL (process ${postgres.stoppedOrphanPid}) that a killed stack had left on ${dataDir}`);
  }
  return postgres;
}

async function makePlan(
  options: StackOptions,
  signingKeysDir: string,
  postgres: EmbeddedPostgres | undefined,
): Promise<StackPlan> {
  const { dataDir, databaseUrls = {}, admin } = options;
  const keys = ensureServiceKeys(join(dataDir, 'keys', 'services'), serviceNames);
  const embeddedUrl = (name: SubgraphName) => postgres?.urlOf(databaseNames[name]) as string;
  return {
    dataDir,
    host: options.host ?? '127.0.0.1',
    ports: await choosePorts(options.ports ?? {}),
    databaseUrls: recordOf(subgraphNames, (name) => databaseUrls[name] ?? embeddedUrl(name)),
    admin: {
      email: admin.email,
      password: admin.password ?? readOrCreate(join(dataDir, 'admin-password'), newSecret),
    },
    seedProducts: options.seedProducts ?? 1_000,
    keys,
    signingKeysDir,
    env: options.env ?? process.env,
    serviceEnv: options.serviceEnv ?? {},
  };
}

function openLogs({ dataDir, onLog = () => undefined }: StackOptions): Record<ServiceName, ServiceLog> {
  return recordOf(serviceNames, (name) => openServiceLog(name, join(dataDir, 'logs'), onLog));
}

async function prepareDatabases(input: {
  options: StackOptions;
  plan: StackPlan;
  postgres: EmbeddedPostgres | undefined;
  logs: Record<ServiceName, ServiceLog>;
  teardown: Teardown;
}): Promise<void> {
  const { options, plan, postgres, logs, teardown } = input;
  const marks = postgres && (await readPreparationMarks(postgres, plan));
  const isOwn = (subgraph: SubgraphName) => options.databaseUrls?.[subgraph] === undefined;
  const due = subgraphNames.filter((subgraph) => !(isOwn(subgraph) && marks?.isPrepared(subgraph)));
  options.onStep?.('databases', due.length > 0 ? `migrating and seeding ${due.join(', ')}` : 'up to date');
  await Promise.all(
    due.map(async (subgraph) => {
      await prepareDatabase({ subgraph, plan, log: logs[subgraph], teardown });
      if (isOwn(subgraph)) await marks?.remember(subgraph);
    }),
  );
}
