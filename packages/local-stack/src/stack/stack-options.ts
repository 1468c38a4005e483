import type { LogSink } from './service-log';
import type { ServiceName, SubgraphName } from './services';

/** Where the start has got to. */
export type StackStep = 'postgres' | 'databases' | 'services';

export interface StackOptions {
  /** Made when missing; holds the cluster, keys, passwords and logs. One stack at a time. */
  dataDir: string;
  /** Address that the gateway listens on. Default 127.0.0.1. */
  host?: string;
  /** 0 or left out: a free port. */
  ports?: Partial<Record<ServiceName, number>>;
  /**
   * Ports of further processes of a service, beside the one of `ports`; all share its keys and its
   * database.
   */
  replicaPorts?: Partial<Record<ServiceName, readonly number[]>>;
  /**
   * Origins of load balancers: where others reach a service that has several processes. Default:
   * its first process.
   */
  urls?: Partial<Record<ServiceName, string>>;
  /** Databases that exist already; when all four are given, no PostgreSQL is started. */
  databaseUrls?: Partial<Record<SubgraphName, string>>;
  /** Of PostgreSQL itself, where `databaseUrls` names a pooler in transaction mode. */
  databaseSessionUrls?: Partial<Record<SubgraphName, string>>;
  /** The databases are migrated and seeded already. Default false. */
  isPrepared?: boolean;
  /** The password is generated and kept in dataDir when it is left out. */
  admin: { email: string; password?: string | undefined };
  /** How many products the seed makes. Default 1000. */
  seedProducts?: number;
  /** What every process inherits. Default: this process's environment. */
  env?: NodeJS.ProcessEnv;
  /** Settings of single services, over everything else. */
  serviceEnv?: Partial<Record<ServiceName, NodeJS.ProcessEnv>>;
  /** Whether a process that dies is started again. Default true. */
  restart?: boolean;
  /** Deletes what an earlier stack left in dataDir first. Default false. */
  fresh?: boolean;
  /** Aborted: everything begun is stopped and `startStack` rejects. */
  signal?: AbortSignal;
  onStep?: (step: StackStep, detail: string) => void;
  /** Every line of every service. */
  onLog?: LogSink;
  /** One line about a process that ended, was started again, and the like. */
  onNotice?: (line: string) => void;
}
