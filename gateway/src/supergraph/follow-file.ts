import { readFile } from 'node:fs/promises';

/**
 * Calls `onChange` with each new content of `file`, or with the error if it cannot be read, one call
 * at a time. Polls and compares the content, not its modification time: this works on every file
 * system and with mounted secrets and config maps. A file that is being written is not reported:
 * two consecutive reads must have the same content.
 */
export function followFile(options: {
  file: string;
  /** The content that the caller already has. */
  content: string;
  pollIntervalMs: number;
  onChange: (content: string | Error) => Promise<void>;
}): { stop(): Promise<void> } {
  const { file, pollIntervalMs, onChange } = options;
  let reported = options.content;
  let last = reported;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let inFlight = poll();

  async function poll(): Promise<void> {
    const content = await readFile(file, 'utf8').catch((error: Error) => error);
    const key = content instanceof Error ? `unreadable: ${content.message}` : content;
    const isStable = key === last;
    last = key;
    if (isStable && key !== reported) {
      reported = key;
      await onChange(content);
    }
    if (!isStopped) timer = setTimeout(() => void (inFlight = poll()), pollIntervalMs).unref();
  }

  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await inFlight;
    },
  };
}
