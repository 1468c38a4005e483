import type { EmbeddedPostgres } from '../postgres';
import { recordOf, serviceNames, subgraphNames, type ServiceName, type SubgraphName } from '../services';
import { openStack } from './open-stack';
import { prepareDueDatabases } from './preparation';
import type { ServiceLog } from './service-log';
import { launchService } from './service-process';
import { originOf, type AdminCredentials, type StackOptions, type StackPlan } from './stack-plan';
import { supervise, type RunningProcess, type SupervisedProcess } from './supervisor';
import { createTeardown, type Teardown } from './teardown';

/** A process of one of the five services. */
export interface StackService extends SupervisedProcess {
  readonly name: ServiceName;
  /** As `originOf` has it. */
  readonly url: string;
}

/** A running shop. */
export interface Stack {
  readonly gatewayUrl: string;
  /** The process of each service; the first of several replicas. */
  readonly services: Readonly<Record<ServiceName, StackService>>;
  /** All processes of each service. */
  readonly replicas: Readonly<Record<ServiceName, readonly StackService[]>>;
  /** The embedded server; undefined if all databases are external. */
  readonly postgres: SupervisedProcess | undefined;
  readonly databaseUrls: Readonly<Record<SubgraphName, string>>;
  readonly admin: AdminCredentials;
  readonly dataDir: string;
  /** Drains and stops everything: gateway, subgraphs, PostgreSQL. */
  stop(): Promise<void>;
}

/**
 * Starts a complete shop on this machine: PostgreSQL, keys, migrations, seed and the five services,
 * each in its own process. If any step fails, all started parts are stopped.
 *
 * @throws StackError in one line, with the fix
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
  const { restart = true, onNotice = () => undefined, onStep, signal } = options;
  const open = await openStack(options, teardown);
  const { plan, postgres, logs } = open;
  const supervision = { restart, onNotice, teardown };
  const supervisedPostgres = postgres && (await supervisePostgres(postgres, supervision));
  signal?.throwIfAborted();
  if (!options.isPrepared) await prepareDueDatabases(open);
  signal?.throwIfAborted();
  const ports = serviceNames.map((name) => `${name} ${plan.ports[name].join(' and ')}`);
  onStep?.(`Starting services: ${ports.join(', ')}`);
  const replicas = await startServices({ ...supervision, plan, logs });
  signal?.throwIfAborted();
  return {
    gatewayUrl: plan.urls.gateway,
    services: recordOf(serviceNames, (name) => replicas[name][0] as StackService),
    replicas,
    postgres: supervisedPostgres,
    databaseUrls: plan.databaseUrls,
    admin: plan.admin,
    dataDir: options.dataDir,
    stop: () => teardown.run(),
  };
}

interface Supervision {
  restart: boolean;
  onNotice: (line: string) => void;
  teardown: Teardown;
}

type Start = Supervision & { plan: StackPlan; logs: Readonly<Record<ServiceName, ServiceLog>> };

/** Starts all processes of the five services concurrently and waits until each is ready. */
async function startServices(input: Start): Promise<Record<ServiceName, readonly StackService[]>> {
  const replicas = recordOf(serviceNames, (name) =>
    input.plan.ports[name].map((_port, replica) => superviseService(name, replica, input)),
  );
  const stop = (name: ServiceName) => Promise.all(replicas[name].map((service) => service.stop()));
  input.teardown.add(async () => {
    // The gateway stops first, because its requests in progress need the subgraphs.
    await stop('gateway');
    await Promise.all(subgraphNames.map(stop));
  });
  await Promise.all(serviceNames.flatMap((name) => replicas[name].map((service) => service.start())));
  return replicas;
}

function superviseService(service: ServiceName, replica: number, input: Start): StackService {
  const { plan, logs } = input;
  const ports = plan.ports[service];
  const name = ports.length > 1 ? `${service} ${replica + 1}` : service;
  const launch = () => launchService({ service, replica, plan, log: logs[service] });
  return Object.defineProperties(supervise({ ...input, name, launch }), {
    name: { value: service, enumerable: true },
    url: {
      value: originOf({ service, port: ports[replica] as number, host: plan.host }),
      enumerable: true,
    },
  }) as StackService;
}

/** Supervises a running PostgreSQL server like the services. */
async function supervisePostgres(postgres: EmbeddedPostgres, input: Supervision): Promise<SupervisedProcess> {
  let isFirst = true;
  const launch = async (): Promise<RunningProcess> => {
    const { pid, exited, stop } = isFirst ? postgres.postmaster : await postgres.restart();
    isFirst = false;
    return {
      pid,
      exited: exited.then(() => 'unexpectedly'),
      ready: () => Promise.resolve(),
      kill: (signal) => void process.kill(pid, signal),
      stop,
    };
  };
  const supervised = supervise({ ...input, name: 'PostgreSQL', launch });
  input.teardown.add(() => supervised.stop());
  await supervised.start();
  return supervised;
}
