import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Arms crash points by files in CRASH_POINTS_DIR; a process that reaches one removes the file and
 * is killed or stopped.
 */
export class CrashSwitch {
  constructor(readonly directory: string) {
    mkdirSync(directory, { recursive: true });
  }

  arm(point: string, signal: 'SIGKILL' | 'SIGSTOP' = 'SIGKILL'): void {
    writeFileSync(join(this.directory, point), signal);
  }

  isArmed(point: string): boolean {
    return existsSync(join(this.directory, point));
  }

  /** False if a process has already reached it. */
  disarm(point: string): boolean {
    if (!this.isArmed(point)) return false;
    try {
      rmSync(join(this.directory, point));
      return true;
    } catch {
      return false;
    }
  }
}
