import { execFileSync } from 'node:child_process';
import { readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from '../data-dir';
import { pollUntil, processIdentity } from '../processes';
import { StackError } from '../stack-error';

/** What postmaster.pid says (PostgreSQL, src/include/utils/pidfile.h). */
export interface PostmasterFile {
  pid: number;
  port: number;
  isReady: boolean;
}

/** Reads postmaster.pid; undefined when there is none. */
export function readPostmasterFile(dataDir: string): PostmasterFile | undefined {
  const lines = readIfThere(join(dataDir, 'postmaster.pid'))?.split('\n');
  if (!lines) return undefined;
  return { pid: Number(lines[0]), port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' };
}

/**
 * Clears the way when a stack was killed: its PostgreSQL, if it still runs, is stopped; a file left
 * by one that is gone is removed, because PostgreSQL would refuse to start if another process of
 * the same user now had that id. The caller holds the lock of the data directory, so a running
 * PostgreSQL belongs to nobody.
 *
 * @returns the id of the process that was stopped, if there was one
 * @throws StackError when the orphan does not go
 */
export async function clearStalePostmaster(dataDir: string): Promise<number | undefined> {
  const file = readPostmasterFile(dataDir);
  if (!file) return undefined;
  if (!isPostmasterOf(file.pid, dataDir)) {
    rmSync(join(dataDir, 'postmaster.pid'), { force: true });
    return undefined;
  }
  await stopPostmaster(file.pid);
  return file.pid;
}

/** Fast shutdown; an immediate one (recovery at the next start) when that takes too long. */
export async function stopPostmaster(pid: number): Promise<void> {
  const stuck = () =>
    new StackError(`PostgreSQL (process ${pid}) does not stop: end it with \`kill -QUIT ${pid}\``);
  const isGone = () => processIdentity(pid) === undefined;
  signal(pid, 'SIGINT');
  await pollUntil(isGone, { timeoutMs: 10_000, onTimeout: stuck }).catch(async () => {
    signal(pid, 'SIGQUIT');
    await pollUntil(isGone, { timeoutMs: 5_000, onTimeout: stuck });
  });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * A postmaster works inside its data directory: that proves the process is the one, ids being used
 * again.
 */
function isPostmasterOf(pid: number, dataDir: string): boolean {
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir);
    const command = execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return command.includes('postgres') && command.includes(dataDir);
  } catch {
    return false;
  }
}
