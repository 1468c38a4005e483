import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from '../stack-error';
import { copyRuntime } from './runtime-copy';

/** A user and group that exist on this machine. */
export interface Owner {
  uid: number;
  gid: number;
}

/**
 * How PostgreSQL's programs are run here: as whom, from where, and how the data directory is named
 * to them.
 */
export interface PostgresAccount {
  /** Who must own the data directory; undefined: this process's own user. */
  owner: Owner | undefined;
  runtime: string;
  /** Words put before the program; empty when it is run directly. */
  prefix: readonly string[];
  /** The user to become when the program is spawned (not when the prefix does that). */
  spawnAs: Owner | undefined;
  /** What `-D` says. The programs are always started inside the data directory. */
  dataArgument: string;
}

/**
 * PostgreSQL refuses to run as root, so a stack of root's runs it as another user. That user often
 * cannot enter the directories above the checkout (/root, a `mktemp -d`), hence three ways, the
 * plainest that works here.
 *
 * @throws StackError when none works
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
  // The last way needs no capability: the kernel lets a process enter its own working directory
  // whatever lies above.
  const account = { ...direct, runtime: copyRuntime(runtime), dataArgument: '/proc/self/cwd' };
  if (works(account, dataDir)) return account;
  throw new StackError(
    `PostgreSQL does not run as root, and user ${owner.uid} cannot enter ${dataDir}: run as an ordinary user, or set DATA_DIR to a directory that everybody may enter`,
  );
}

/**
 * A data directory that somebody owns already stays theirs; a new one goes to a user that owns
 * little else.
 */
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
    const ask = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return undefined;
  }
}

/**
 * Keeps one capability, to pass through directories, and drops every other. Without
 * `no_setuid_fixup` the kernel ignores it in access(2), by which PostgreSQL looks for its own
 * files.
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
