import type { LogSink } from './service-log';
import type { ServiceName, SubgraphName } from './services';

/** The current step of the start. */
export type StackStep = 'postgres' | 'databases' | 'services';

export interface StackOptions {
  /** Created if missing; contains the cluster, keys, passwords and logs. One stack at a time. */
  dataDir: string;
  /** Address that the gateway listens on. Default 127.0.0.1. */
  host?: string;
  /** 0 or undefined: a free port. */
  ports?: Partial<Record<ServiceName, number>>;
  /**
   * Ports of further replicas of a service, in addition to `ports`; all share its keys and
   * database.
   */
  replicaPorts?: Partial<Record<ServiceName, readonly number[]>>;
  /** Origins of load balancers for services with several replicas. Default: the first replica. */
  urls?: Partial<Record<ServiceName, string>>;
  /** External databases; if all four are given, no PostgreSQL is started. */
  databaseUrls?: Partial<Record<SubgraphName, string>>;
  /** URLs of PostgreSQL itself, if `databaseUrls` names a pooler in transaction mode. */
  databaseSessionUrls?: Partial<Record<SubgraphName, string>>;
  /** The databases are migrated and seeded already. Default false. */
  isPrepared?: boolean;
  /** If undefined, the password is generated and stored in dataDir. */
  admin: { email: string; password?: string | undefined };
  /** Number of products that the seed creates. Default 1000. */
  seedProducts?: number;
  /** Environment that every process inherits. Default: that of this process. */
  env?: NodeJS.ProcessEnv;
  /** Settings of single services; they take precedence. */
  serviceEnv?: Partial<Record<ServiceName, NodeJS.ProcessEnv>>;
  /** Whether a process that exits is restarted. Default true. */
  restart?: boolean;
  /** Deletes what an earlier stack left in dataDir first. Default false. */
  fresh?: boolean;
  /** If aborted, all started parts are stopped and `startStack` rejects. */
  signal?: AbortSignal;
  onStep?: (step: StackStep, detail: string) => void;
  /** Every line of every service. */
  onLog?: LogSink;
  /** One line about a process that exited, was restarted, and so on. */
  onNotice?: (line: string) => void;
}
