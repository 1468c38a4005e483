import { spawn } from 'node:child_process';

/** Watches this process for PostgreSQL. */
export interface OrphanWatchdog {
  dismiss(): void;
}

const script = `
read -r _
kill -INT "$1" 2>/dev/null
if [ -n "$2" ]; then
  while kill -0 "$1" 2>/dev/null; do sleep 0.1; done
  rm -rf -- "$2"
fi`;

/**
 * Shuts PostgreSQL down when this process ends in whatever way, SIGKILL included: a shell of 1 MB
 * that reads a pipe whose other end only we hold. `removeAfter` is a directory to delete then (a
 * test's).
 */
export function startOrphanWatchdog(postgresPid: number, removeAfter?: string): OrphanWatchdog {
  const shell = spawn('/bin/sh', ['-c', script, 'orphan-watchdog', String(postgresPid), removeAfter ?? ''], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  return { dismiss: () => void shell.kill('SIGKILL') };
}
