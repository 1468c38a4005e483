import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second in /proc: USER_HZ, 100 on every Linux that Node supports. */
const ticksPerSecond = 100;

interface ProcessStat {
  parent: number;
  /** CPU time of the process itself. */
  cpuMs: number;
  /** CPU time of its children that have ended. */
  endedChildrenCpuMs: number;
}

/** @throws Error on systems without /proc */
function statOf(pid: number): ProcessStat {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses can hold spaces; see proc_pid_stat(5): ppid is field 4, utime 14 to
  // cstime 17.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ms = (first: number) =>
    (((fields[first - 3] as number) + (fields[first - 2] as number)) * 1_000) / ticksPerSecond;
  return { parent: fields[1] as number, cpuMs: ms(14), endedChildrenCpuMs: ms(16) };
}

/** CPU time of one process, all threads. */
export const cpuMsOf = (pid: number): number => statOf(pid).cpuMs;

/** CPU time of a PostgreSQL server: the postmaster, its backends, and those that have ended. */
export function postgresCpuMs(postmaster: number): number {
  const { cpuMs, endedChildrenCpuMs } = statOf(postmaster);
  const children = childrenOf(postmaster).map(({ stat }) => stat.cpuMs);
  return cpuMs + endedChildrenCpuMs + children.reduce((sum, value) => sum + value, 0);
}

/** CPU time of a process and its descendants, including those that have ended and were waited for. */
export function treeCpuMs(pid: number): number {
  const { cpuMs, endedChildrenCpuMs } = statOf(pid);
  const children = childrenOf(pid).map((child) => treeCpuMs(child.pid));
  return cpuMs + endedChildrenCpuMs + children.reduce((sum, value) => sum + value, 0);
}

/** Resident memory of one process in MB. */
export const rssMbOf = (pid: number): number => memoryMb(`/proc/${pid}/status`, 'VmRSS');

/** Memory of one process in MB, with its share of the pages that it shares (PSS). */
export const pssMbOf = (pid: number): number => memoryMb(`/proc/${pid}/smaps_rollup`, 'Pss');

/** Memory of a PostgreSQL server in MB, shared memory counted once (PSS). */
export function postgresPssMb(postmaster: number): number {
  const pids = [postmaster, ...childrenOf(postmaster).map(({ pid }) => pid)];
  return pids.reduce((sum, pid) => sum + pssMbOf(pid), 0);
}

function memoryMb(file: string, name: string): number {
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1_024);
}

function childrenOf(parent: number): { pid: number; stat: ProcessStat }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [{ pid: Number(name), stat: statOf(Number(name)) }];
      } catch {
        // It has ended since the folder was read.
        return [];
      }
    })
    .filter(({ stat }) => stat.parent === parent);
}
