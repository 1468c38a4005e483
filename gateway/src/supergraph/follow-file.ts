import { readFile } from 'node:fs/promises';

/** Follows the content of a file. */
export interface FollowedFile {
  stop(): Promise<void>;
}

/**
 * Calls `react` with each new content of `file`, or with the error once it cannot be read, one call at a time. The content is polled: that
 * works on every file system, with mounted secrets and config maps, and whether the file is written or replaced. Half a file is
 * not taken: content counts when it is found twice in a row.
 */
export function followFile(options: {
  file: string;
  /** What is known already. */
  content: string;
  pollIntervalMs: number;
  react: (content: string | Error) => Promise<void>;
}): FollowedFile {
  const { file, pollIntervalMs, react } = options;
  let known = options.content;
  let last = known;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const found = await readFile(file, 'utf8').catch((error: Error) => error);
    const mark = found instanceof Error ? `unreadable: ${found.message}` : found;
    const hasSettled = mark === last;
    last = mark;
    if (hasSettled && mark !== known) {
      known = mark;
      await react(found);
    }
    if (!isStopped) timer = setTimeout(lookAgain, pollIntervalMs).unref();
  }

  function lookAgain(): void {
    inFlight = look();
  }

  let inFlight = look();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await inFlight;
    },
  };
}
