import { watch } from 'chokidar';

/** Debounce time: a build writes many files in a row. */
const quietMs = 300;

/**
 * Calls `react` with the changed files of each burst; never concurrently. Editors and git replace a
 * file by renaming another one over it, which counts as a change.
 */
export function watchBatches(input: {
  folders: readonly string[];
  matters: (file: string) => boolean;
  react: (files: ReadonlySet<string>) => Promise<void>;
}): { ready: Promise<void>; close(): Promise<void> } {
  const { folders, matters, react } = input;
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const watcher = watch([...folders], {
    ignoreInitial: true,
    ignored: (path, stats) => stats?.isFile() === true && !matters(path),
  });
  watcher.on('all', (_event, file) => {
    if (!matters(file)) return;
    changed.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const files = changed;
      changed = new Set();
      running = running.then(() => react(files));
    }, quietMs);
  });
  return {
    ready: new Promise((resolve) => watcher.once('ready', () => resolve())),
    async close() {
      clearTimeout(timer);
      await watcher.close();
      await running;
    },
  };
}
