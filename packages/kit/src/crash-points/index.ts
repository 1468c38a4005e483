import { readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { crashPointsDirectory } from './config';

const directory = crashPointsDirectory();

/**
 * A place at which a test lets the process die, as SIGKILL would have it: nothing is flushed, closed or answered. It is armed
 * by a file of its name in CRASH_POINTS_DIR; removing the file takes the shot, so that one file kills one process. A file that says
 * SIGSTOP stops the process in place of killing it; with SIGCONT it goes on from here.
 *
 * @param name for example `order.payment_started.after-commit`
 */
export function reachCrashPoint(name: string): void {
  if (directory === undefined) return;
  const file = join(directory, name);
  let signal: string;
  try {
    signal = readFileSync(file, 'utf8');
    unlinkSync(file);
  } catch {
    return;
  }
  process.kill(process.pid, signal === 'SIGSTOP' ? 'SIGSTOP' : 'SIGKILL');
}
