import type { EmbeddedPostgres } from '../postgres';
import { launchService } from './service-process';
import type { ServiceLog } from './service-log';
import { recordOf, serviceNames, subgraphNames, type ServiceName, type SubgraphName } from './services';
import { urlOf, type AdminCredentials, type StackPlan } from './stack-plan';
import { supervise, type RunningProcess, type SupervisedProcess } from './supervisor';
import type { Teardown } from './teardown';

/** One of the five services. */
export interface StackService extends SupervisedProcess {
  readonly name: ServiceName;
  /** http://127.0.0.1:port */
  readonly url: string;
}

/** A running shop. */
export interface Stack {
  readonly gatewayUrl: string;
  readonly services: Readonly<Record<ServiceName, StackService>>;
  /** The embedded server; undefined when all databases were given. */
  readonly postgres: SupervisedProcess | undefined;
  readonly databaseUrls: Readonly<Record<SubgraphName, string>>;
  readonly admin: AdminCredentials;
  readonly dataDir: string;
  /** Drains and stops everything: gateway, subgraphs, PostgreSQL. */
  stop(): Promise<void>;
}

interface Supervision {
  restart: boolean;
  onNotice: (line: string) => void;
  teardown: Teardown;
}

/** Starts the five services at once and waits until each can work. */
export async function startServices(
  input: Supervision & { plan: StackPlan; logs: Readonly<Record<ServiceName, ServiceLog>> },
): Promise<Record<ServiceName, StackService>> {
  const { plan, logs, teardown } = input;
  const services = recordOf(serviceNames, (name) => {
    const launch = () => launchService(name, plan, logs[name]);
    return Object.defineProperties(supervise({ ...input, name, launch }), {
      name: { value: name, enumerable: true },
      url: { value: urlOf(plan, name), enumerable: true },
    }) as StackService;
  });
  teardown.add(async () => {
    // The gateway first: what it has accepted still needs the subgraphs.
    await services.gateway.stop();
    await Promise.all(subgraphNames.map((name) => services[name].stop()));
  });
  await Promise.all(serviceNames.map((name) => services[name].start()));
  return services;
}

/** Puts a server that already runs under the same supervision as the services. */
export async function supervisePostgres(
  postgres: EmbeddedPostgres,
  input: Supervision,
): Promise<SupervisedProcess> {
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
