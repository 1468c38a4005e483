import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { crashPointsDirectory } from './config';

const directory = crashPointsDirectory();

/**
 * A place at which a test lets the process die, as SIGKILL would have it: nothing is flushed, closed or answered. It is armed
 * by a file of its name in CRASH_POINTS_DIR; removing the file takes the shot, so that one file kills one process.
 *
 * @param name for example `order.payment_started.after-commit`
 */
export function reachCrashPoint(name: string): void {
  if (directory === undefined) return;
  try {
    unlinkSync(join(directory, name));
  } catch {
    return;
  }
  process.kill(process.pid, 'SIGKILL');
}
