import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Also true for a process of another user. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Start time of a process in the format of the system, to detect reused process IDs. Undefined if
 * the process does not exist.
 */
export function processIdentity(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  try {
    return process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  } catch {
    return undefined;
  }
}

function startOnLinux(pid: number): string | undefined {
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // proc(5): the name in parentheses may contain any character; the state follows; the start time
  // is field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isZombie = fields[0] === 'Z';
  return isZombie ? undefined : `${bootId} ${fields[19]}`;
}

function startByPs(pid: number): string {
  return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
}

/**
 * Polls until `condition` returns a value other than undefined or false.
 *
 * @throws the error of `onTimeout` after `timeoutMs`
 */
export async function pollUntil<Result>(
  condition: () => Promise<Result | undefined | false> | Result | undefined | false,
  options: { timeoutMs: number; intervalMs?: number; onTimeout: () => Error },
): Promise<Result> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const result = await condition();
    if (result !== undefined && result !== false) return result;
    if (performance.now() >= deadline) throw options.onTimeout();
    await pause(options.intervalMs ?? 20);
  }
}

/** Whether a GET of the URL returns 2xx within the time limit (default 5 s). */
export async function respondsOk(url: string, { timeoutMs = 5_000 } = {}): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
