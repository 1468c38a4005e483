import { type ChildProcess, execFileSync, spawn, spawnSync, type StdioOptions } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inheritedEnvironment } from '../config';
import { StackError } from '../stack-error';
import { copyRuntime } from './runtime';

/** A user and group of this machine. */
export interface Owner {
  uid: number;
  gid: number;
}

/** How PostgreSQL's programs are run: the user, the path, and the data directory argument. */
export interface PostgresAccount {
  /** Owner of the data directory; undefined: the user of this process. */
  owner: Owner | undefined;
  runtime: string;
  /** Command prefix; empty if the program is run directly. */
  prefix: readonly string[];
  /** The user for `spawn`; not set if the prefix changes the user. */
  spawnAs: Owner | undefined;
  /** Value of `-D`. The programs always run in the data directory. */
  dataArgument: string;
}

/**
 * PostgreSQL does not run as root, so root's stack runs it as another user. That user often cannot
 * access the directories above the checkout (/root, a `mktemp -d`), so three methods are tried, the
 * simplest first.
 *
 * @throws StackError if none works
 */
export function chooseAccount(input: { runtime: string; dataDir: string }): PostgresAccount {
  const { runtime, dataDir } = input;
  if (process.getuid?.() !== 0) {
    return { owner: undefined, runtime, prefix: [], spawnAs: undefined, dataArgument: dataDir };
  }
  const owner = ownerFor(dataDir);
  chownSync(dataDir, owner.uid, owner.gid);
  const direct = { owner, runtime, prefix: [], spawnAs: owner, dataArgument: dataDir };
  if (works(direct, dataDir)) return direct;
  for (const capability of ['dac_read_search', 'dac_override']) {
    const account = { ...direct, spawnAs: undefined, prefix: setpriv(owner, capability) };
    if (works(account, dataDir)) return account;
  }
  // The last method needs no capability: a process can always access its own working directory.
  const account = { ...direct, runtime: copyRuntime(runtime), dataArgument: '/proc/self/cwd' };
  if (works(account, dataDir)) return account;
  throw new StackError(
    `PostgreSQL does not run as root, and user ${owner.uid} cannot enter ${dataDir}: run as an ordinary user, or set DATA_DIR to a directory that every user can access`,
  );
}

/** An existing data directory keeps its owner; a new one belongs to an unprivileged user. */
function ownerFor(dataDir: string): Owner {
  const { uid, gid } = statSync(dataDir);
  if (uid !== 0) return { uid, gid };
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const owner = lookUp(name);
    if (owner) return owner;
  }
  throw new StackError(
    'PostgreSQL does not run as root, and there is neither a user postgres nor nobody: run as an ordinary user',
  );
}

function lookUp(name: string): Owner | undefined {
  try {
    const idOf = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    return undefined;
  }
}

/**
 * Keeps only `capability`, which gives access to all directories. Without `no_setuid_fixup` the
 * kernel ignores it in access(2), which PostgreSQL uses to find its files.
 */
function setpriv({ uid, gid }: Owner, capability: string): string[] {
  const only = `-all,+${capability}`;
  return [
    ...['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--securebits=+no_setuid_fixup'],
    ...[`--inh-caps=${only}`, `--ambient-caps=${only}`, `--bounding-set=${only}`, '--no-new-privs', '--'],
  ];
}

function works(account: PostgresAccount, dataDir: string): boolean {
  const { prefix, spawnAs, dataArgument, runtime } = account;
  const script = 'cd "$1" && test -w . && "$2" --version && test -x "$2"';
  const program = join(runtime, 'bin', 'postgres');
  const args = [...prefix, '/bin/sh', '-c', script, 'sh', dataArgument, program];
  return (
    spawnSync(args[0] as string, args.slice(1), { cwd: dataDir, stdio: 'ignore', ...spawnAs }).status === 0
  );
}

/**
 * Starts a PostgreSQL program in the data directory, in a new session, so that Ctrl-C in the
 * terminal does not reach it.
 */
export function runProgram(input: {
  account: PostgresAccount;
  program: 'initdb' | 'postgres';
  dataDir: string;
  args: readonly string[];
  stdio: StdioOptions;
}): ChildProcess {
  const { account, program, dataDir, args, stdio } = input;
  const path = join(account.runtime, 'bin', program);
  const command = [...account.prefix, path, '-D', account.dataArgument, ...args];
  return spawn(command[0] as string, command.slice(1), {
    cwd: dataDir,
    detached: true,
    stdio,
    // No inherited PG* variables or locale: messages are parsed, and clusters must be equal on all
    // machines.
    env: { PATH: inheritedEnvironment['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    ...account.spawnAs,
  });
}
