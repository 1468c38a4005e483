import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, isPortFree } from '../ports';
import { readIfThere } from '../secret-file';
import { clusterCredentials, openCluster } from './cluster';
import { ensureDatabases } from './databases';
import { PortTakenError, startPostmaster, type Postmaster } from './postmaster';
import { clearStalePostmaster } from './postmaster-file';

/** The embedded PostgreSQL server and its databases. */
export interface EmbeddedPostgres {
  port: number;
  /** The current process; `restart` replaces it. */
  postmaster: Postmaster;
  superuserUrl: string;
  /** Connection URL of a database as the role that owns it. */
  urlOf(database: string): string;
  /** True if this call created the cluster. */
  isNew: boolean;
  /** The orphaned process of a killed stack that was stopped first. */
  stoppedOrphanPid: number | undefined;
  /** Restarts the server on the same port after its process has ended. */
  restart(): Promise<Postmaster>;
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Contains the cluster (`data`), its passwords and its port. The caller must hold the lock. */
  directory: string;
  /** Database names; the owning role has the same name. */
  databases: readonly string[];
  logFile: string;
  /** False is faster but loses data if the machine (not PostgreSQL) crashes. Default true. */
  isDurable?: boolean;
  /** Default 200. */
  maxConnections?: number;
  /** A directory to delete if this process is killed. */
  removeAfterCrash?: string;
}

/**
 * Stops the server that a killed stack left running on the cluster in `directory`, if there is one.
 */
export async function stopOrphanedPostgres(directory: string): Promise<number | undefined> {
  return clearStalePostmaster(join(directory, 'data'));
}

/**
 * Starts PostgreSQL on the cluster in `directory`, and creates the cluster, roles and databases if
 * missing. The port is kept between starts unless another process uses it.
 *
 * @throws StackError with the fix
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { directory, databases, isDurable = true, maxConnections = 200 } = options;
  const stoppedOrphanPid = await stopOrphanedPostgres(directory);
  const credentials = clusterCredentials(directory, databases);
  const passwordOf = (role: string) => credentials[role] as string;
  const cluster = await openCluster({ directory, superuserPassword: passwordOf('postgres'), isDurable });
  const start = (port: number) => startPostmaster({ ...options, cluster, port, isDurable, maxConnections });
  let postmaster = await startOnRememberedPort(directory, start);
  const { port } = postmaster;
  const url = (role: string, database: string) =>
    `postgres://${role}:${passwordOf(role)}@127.0.0.1:${port}/${database}`;
  const superuserUrl = url('postgres', 'postgres');
  await ensureDatabases(
    superuserUrl,
    databases.map((database) => ({ database, role: database, password: passwordOf(database) })),
  ).catch(async (error: unknown) => {
    await postmaster.stop();
    throw error;
  });
  return {
    port,
    get postmaster() {
      return postmaster;
    },
    superuserUrl,
    urlOf: (database) => url(database, database),
    isNew: cluster.isNew,
    stoppedOrphanPid,
    restart: async () => (postmaster = await start(port)),
    stop: () => postmaster.stop(),
  };
}

/**
 * Connection URLs of the databases of a server that another stack runs on the cluster in
 * `directory`.
 */
export function urlsOfRunningPostgres(
  directory: string,
  databases: readonly string[],
): (database: string) => string {
  const credentials = clusterCredentials(directory, databases);
  const port = readIfThere(join(directory, 'port'));
  return (database) => `postgres://${database}:${credentials[database]}@127.0.0.1:${port}/${database}`;
}

async function startOnRememberedPort(
  directory: string,
  start: (port: number) => Promise<Postmaster>,
): Promise<Postmaster> {
  const file = join(directory, 'port');
  const remembered = Number(readIfThere(file));
  let port = remembered > 0 && (await isPortFree(remembered)) ? remembered : undefined;
  for (;;) {
    port ??= (await freePorts(1))[0] as number;
    try {
      const postmaster = await start(port);
      writeFileSync(file, String(port));
      return postmaster;
    } catch (error) {
      if (!(error instanceof PortTakenError)) throw error;
      port = undefined;
    }
  }
}
