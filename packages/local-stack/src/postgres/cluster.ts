import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { newSecret, readIfThere, readOrCreate } from '../secret-file';
import { StackError } from '../stack-error';
import { chooseAccount, type PostgresAccount, runProgram } from './account';
import { findRuntime, postgresMajorVersion } from './runtime';

/** An initialized data directory. */
export interface Cluster {
  dataDir: string;
  account: PostgresAccount;
  isNew: boolean;
}

interface ClusterOptions {
  directory: string;
  superuserPassword: string;
  isDurable: boolean;
}

/**
 * Opens the cluster in `<directory>/data`, and creates it with initdb if it does not exist. The
 * creation is atomic, so a killed first start leaves no partial cluster.
 *
 * @throws StackError if the cluster has another major version, or initdb fails
 */
export async function openCluster(input: ClusterOptions): Promise<Cluster> {
  const runtime = findRuntime();
  const dataDir = join(input.directory, 'data');
  const version = readIfThere(join(dataDir, 'PG_VERSION'))?.trim();
  if (version === undefined) {
    await initialise({ ...input, runtime, dataDir });
  } else if (version !== postgresMajorVersion) {
    throw new StackError(
      `${dataDir} was created by PostgreSQL ${version}, but this is PostgreSQL ${postgresMajorVersion}: dump it with the old version and move it to another place, or start with empty data: \`npm start -- --fresh\``,
    );
  }
  return { dataDir, account: chooseAccount({ runtime, dataDir }), isNew: version === undefined };
}

async function initialise(input: ClusterOptions & Record<'dataDir' | 'runtime', string>): Promise<void> {
  const { directory, dataDir, runtime, superuserPassword, isDurable } = input;
  const draft = join(directory, 'data.new');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o711);
  const account = chooseAccount({ runtime, dataDir: draft });
  const password = openPasswordFile(join(directory, 'password.new'), superuserPassword, account);
  try {
    await runInitdb({ account, draft, password, isDurable });
  } finally {
    closeSync(password);
  }
  renameSync(draft, dataDir);
}

/** Passed as an open file, because the other user may not have access to the path. */
function openPasswordFile(file: string, password: string, account: PostgresAccount): number {
  rmSync(file, { force: true });
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  if (account.owner) chownSync(file, account.owner.uid, account.owner.gid);
  const descriptor = openSync(file, 'r');
  rmSync(file);
  return descriptor;
}

async function runInitdb(input: {
  account: PostgresAccount;
  draft: string;
  password: number;
  isDurable: boolean;
}): Promise<void> {
  const { account, draft, password, isDurable } = input;
  const initdb = runProgram({
    account,
    program: 'initdb',
    dataDir: draft,
    args: [
      ...['--username=postgres', '--pwfile=/dev/fd/3', '--auth=scram-sha-256', '--no-instructions'],
      // The builtin provider sorts the same on every machine, independent of the C library.
      ...['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--lc-messages=C'],
      ...(isDurable ? [] : ['--no-sync']),
    ],
    stdio: ['ignore', 'ignore', 'pipe', password],
  });
  let errorOutput = '';
  initdb.stderr?.setEncoding('utf8').on('data', (text: string) => (errorOutput += text));
  const [code] = (await once(initdb, 'close')) as [number | null];
  if (code !== 0)
    throw new StackError(`initdb failed in ${draft}: ${errorOutput.trim().split('\n').slice(-3).join(' ')}`);
}

/** Passwords by role name; `postgres` is the superuser. */
type Credentials = Readonly<Record<string, string>>;

/**
 * The generated passwords of a cluster, stored next to it (mode 0600).
 *
 * @throws StackError if the cluster exists and its passwords do not
 */
export function clusterCredentials(directory: string, roles: readonly string[]): Credentials {
  const file = join(directory, 'credentials.json');
  if (existsSync(join(directory, 'data')) && !existsSync(file)) {
    throw new StackError(
      `${file} is missing, so no role can log in to ${directory}/data: restore it, or start with \`npm start -- --fresh\``,
    );
  }
  const make = () => Object.fromEntries(['postgres', ...roles].map((role) => [role, newSecret()]));
  return JSON.parse(readOrCreate(file, () => JSON.stringify(make(), null, 2))) as Credentials;
}
