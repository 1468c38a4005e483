import { execFileSync } from 'node:child_process';
import { readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pollUntil, processIdentity } from '../processes';
import { readIfThere } from '../secret-file';
import { StackError } from '../stack-error';

/** Content of postmaster.pid (PostgreSQL, src/include/utils/pidfile.h). */
export interface PostmasterFile {
  pid: number;
  port: number;
  isReady: boolean;
}

/** Reads postmaster.pid; undefined if it does not exist. */
export function readPostmasterFile(dataDir: string): PostmasterFile | undefined {
  const lines = readIfThere(join(dataDir, 'postmaster.pid'))?.split('\n');
  if (!lines) return undefined;
  return { pid: Number(lines[0]), port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' };
}

/**
 * Cleans up after a killed stack: stops its PostgreSQL if it still runs, and removes a stale
 * postmaster.pid, because PostgreSQL would not start if another process of the same user had that
 * ID. The caller holds the lock of the data directory, so a running PostgreSQL is an orphan.
 *
 * @returns the ID of the stopped process, if any
 * @throws StackError if the orphan does not stop
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

/** Fast shutdown, then immediate shutdown (recovery at the next start) after a timeout. */
export async function stopPostmaster(pid: number): Promise<void> {
  const timeoutError = () =>
    new StackError(`PostgreSQL (process ${pid}) does not stop: stop it with \`kill -QUIT ${pid}\``);
  const hasExited = () => processIdentity(pid) === undefined;
  signal(pid, 'SIGINT');
  await pollUntil(hasExited, { timeoutMs: 10_000, onTimeout: timeoutError }).catch(async () => {
    signal(pid, 'SIGQUIT');
    await pollUntil(hasExited, { timeoutMs: 5_000, onTimeout: timeoutError });
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
 * The working directory of a postmaster is its data directory, which identifies the process even if
 * IDs are reused.
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
