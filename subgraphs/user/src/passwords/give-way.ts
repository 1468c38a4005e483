import { readFileSync, writeFileSync } from 'node:fs';

/** A thirtieth of the weight of others. */
const niceWhileHashing = 15;
/** Whoever is not root may change it ten times a second. */
const retryMs = 150;

/**
 * Where Linux shares processors between sessions before it looks at threads (autogroups), a thread's nice value counts within its session
 * alone: so the session of this process gives way as well while it hashes, if it is its own. Elsewhere, and in containers, this does nothing.
 */
export class Courtesy {
  private readonly isPossible = hasOwnSession();
  private works = 0;
  private nice = 0;
  private retry: NodeJS.Timeout | undefined;

  async while<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!this.isPossible) return work();
    this.works += 1;
    this.settle();
    try {
      return await work();
    } finally {
      this.works -= 1;
      this.settle();
    }
  }

  private settle(): void {
    const wanted = this.works > 0 ? niceWhileHashing : 0;
    clearTimeout(this.retry);
    if (wanted === this.nice) return;
    try {
      writeFileSync('/proc/self/autogroup', String(wanted));
      this.nice = wanted;
    } catch {
      this.retry = setTimeout(() => this.settle(), retryMs).unref();
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
