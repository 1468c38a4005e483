import { watch } from 'node:fs';

/** A build writes many files in a row: only once it has been quiet for this long is it looked at. */
const quietMs = 300;

/** Calls `react` after each burst of changes below the folder that matter; never twice at the same time. */
export function watchBatches(
  folder: string,
  matters: (file: string) => boolean,
  react: () => Promise<void>,
): void {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  watch(folder, { recursive: true }, (_event, file) => {
    if (!file || !matters(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(react);
    }, quietMs);
  });
}
