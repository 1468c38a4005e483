import { readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { crashPointsDirectory } from '../config/service-environment';

const directory = crashPointsDirectory();

/**
 * Kills the process with SIGKILL if a test has armed this crash point with a file of its name in
 * CRASH_POINTS_DIR. The process that removes the file is killed, so one file kills one process. A
 * file with the content SIGSTOP suspends the process instead; SIGCONT resumes it here.
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
