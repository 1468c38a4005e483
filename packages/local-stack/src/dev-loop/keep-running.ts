import type { ChildProcess } from 'node:child_process';

/** Signals that stop the stack and its programs. */
const stopSignals: ReadonlySet<NodeJS.Signals | null> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP'] as const);

/** Starts a program and restarts it when it ends, at most `maximumRestarts` times. Reports both. */
export function keepRunning(options: {
  name: string;
  start: () => ChildProcess;
  maximumRestarts: number;
  report: (line: string) => void;
}): void {
  const { name, start, maximumRestarts, report } = options;
  let restarts = 0;
  const run = () => {
    start().once('exit', (code, signal) => {
      if (stopSignals.has(signal)) return;
      const how = `${name} ended (${signal ?? `exit code ${code}`})`;
      if (restarts >= maximumRestarts)
        return report(
          `> ${how} again: changes are no longer watched. Stop, then start \`npm run dev\` again.`,
        );
      restarts += 1;
      report(`> ${how}; restarting it`);
      run();
    });
  };
  run();
}
