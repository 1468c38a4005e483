import { spawn } from 'node:child_process';

/** Stops PostgreSQL when this process ends. */
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
 * Starts a shell that shuts PostgreSQL down when this process ends, even by SIGKILL: it reads a
 * pipe whose other end only this process holds. `removeAfter` is a directory to delete then (for
 * tests).
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
