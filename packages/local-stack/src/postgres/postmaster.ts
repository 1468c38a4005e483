import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pollUntil } from '../processes';
import { StackError } from '../stack-error';
import { runProgram } from './account';
import type { Cluster } from './cluster';
import { readPostmasterFile, stopPostmaster } from './postmaster-file';

/** A running PostgreSQL server. */
export interface Postmaster {
  pid: number;
  port: number;
  /** Resolves when the process has ended. */
  exited: Promise<void>;
  /** Fast shutdown: open transactions are rolled back, the data directory is clean. */
  stop(): Promise<void>;
}

export interface PostmasterOptions {
  cluster: Cluster;
  port: number;
  logFile: string;
  /** False turns off fsync and the like; for tests. */
  isDurable: boolean;
  maxConnections: number;
  removeAfterCrash?: string;
}

/** Another process took the port before PostgreSQL bound it. */
export class PortTakenError extends Error {}

const startTimeoutMs = 60_000;

/**
 * Starts the server on 127.0.0.1 only and waits until it accepts connections.
 *
 * @throws PortTakenError if the port is in use, StackError if the server does not start
 */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const { cluster, port, logFile } = options;
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  const log = openSync(logFile, 'a', 0o600);
  const logStart = statSync(logFile).size;
  const child = runProgram({
    account: cluster.account,
    program: 'postgres',
    dataDir: cluster.dataDir,
    args: serverArguments(options),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const exited = once(child, 'exit').then(() => undefined);
  await pollUntil(() => isReady(child, cluster), {
    timeoutMs: startTimeoutMs,
    onTimeout: () =>
      new StackError(`PostgreSQL did not become ready in ${startTimeoutMs / 1000} s: see ${logFile}`),
  });
  if (hasEnded(child)) throw startFailure(logFile, logStart, port);
  const pid = child.pid as number;
  const watchdog = startOrphanWatchdog(pid, options.removeAfterCrash);
  void exited.then(() => watchdog.kill('SIGKILL'));
  child.unref();
  return { pid, port, exited, stop: () => (hasEnded(child) ? exited : stopPostmaster(pid)) };
}

function serverArguments({ port, isDurable, maxConnections }: PostmasterOptions): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: String(maxConnections),
    ...(isDurable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return [
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** True if the server accepts connections or has ended. */
function isReady(child: ChildProcess, cluster: Cluster): boolean {
  const file = readPostmasterFile(cluster.dataDir);
  return hasEnded(child) || (file?.pid === child.pid && file?.isReady === true);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function startFailure(logFile: string, logStart: number, port: number): Error {
  const output = readFileSync(logFile).subarray(logStart).toString('utf8');
  if (/Address already in use/.test(output)) return new PortTakenError(`port ${port} is in use`);
  const reason = output.match(/(?:FATAL|PANIC): {2}(.*)/)?.[1] ?? 'no error was logged';
  return new StackError(`PostgreSQL did not start: ${reason}; see ${logFile}`);
}

const watchdogScript = `
read -r _
kill -INT "$1" 2>/dev/null
if [ -n "$2" ]; then
  while kill -0 "$1" 2>/dev/null; do sleep 0.1; done
  rm -rf -- "$2"
fi`;

/**
 * Starts a shell that shuts PostgreSQL down when this process ends, even by SIGKILL: it reads a
 * pipe whose other end only this process holds. `removeAfter` is a directory to delete then (for
 * tests).
 */
function startOrphanWatchdog(postgresPid: number, removeAfter?: string): ChildProcess {
  const shell = spawn(
    '/bin/sh',
    ['-c', watchdogScript, 'orphan-watchdog', String(postgresPid), removeAfter ?? ''],
    {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  return shell;
}
