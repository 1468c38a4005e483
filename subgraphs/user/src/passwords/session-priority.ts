import { readFileSync, writeFileSync } from 'node:fs';

/** A thirtieth of the weight of others. */
const niceWhileHashing = 15;
/** A process that is not root may change it ten times per second. */
const retryMs = 150;

/**
 * Lowers the priority of the process's session while it hashes. If Linux divides processors between sessions first (autogroups), the
 * nice value of a thread applies within its session only. Elsewhere, in containers, and in a shared session this does nothing.
 */
export class SessionPriority {
  private readonly isPossible = hasOwnSession();
  private running = 0;
  private nice = 0;
  private retry: NodeJS.Timeout | undefined;

  async lowerWhile<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!this.isPossible) return work();
    this.running += 1;
    this.apply();
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.apply();
    }
  }

  private apply(): void {
    const wanted = this.running > 0 ? niceWhileHashing : 0;
    clearTimeout(this.retry);
    if (wanted === this.nice) return;
    try {
      writeFileSync('/proc/self/autogroup', String(wanted));
      this.nice = wanted;
    } catch {
      this.retry = setTimeout(() => this.apply(), retryMs).unref();
    }
  }
}

function hasOwnSession(): boolean {
  try {
    readFileSync('/proc/self/autogroup');
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // The name in it may hold spaces and brackets. After it: state, parent, group, session.
    const session = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3];
    return Number(session) === process.pid;
  } catch {
    // Not Linux, or without autogroups.
    return false;
  }
}
