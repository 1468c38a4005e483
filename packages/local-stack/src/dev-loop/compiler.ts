import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { workspaceRoot } from '../services';

const compiler = 'node_modules/typescript/bin/tsc';

/** Compiles changed files; `onLine` receives each line of the compiler. */
export function compileContinuously(onLine: (line: string) => void): void {
  const start = () => {
    const child = startTool([compiler, '--build', '--watch', '--preserveWatchOutput', '--pretty'], 'pipe');
    if (child.stdout)
      createInterface({ input: child.stdout }).on('line', (line) => {
        process.stdout.write(`${line}\n`);
        onLine(line);
      });
    return child;
  };
  const report = (line: string) => process.stdout.write(`${line}\n`);
  keepRunning({ name: 'tsc --watch', start, maximumRestarts: 3, report });
}

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

export function runTool(args: readonly string[]): Promise<number | null> {
  const child = startTool(args, 'inherit');
  return new Promise((resolve) => child.once('exit', resolve));
}

function startTool(args: readonly string[], stdout: 'pipe' | 'inherit') {
  const child = spawn(process.execPath, args, { cwd: workspaceRoot, stdio: ['ignore', stdout, 'inherit'] });
  process.once('exit', () => child.kill());
  return child;
}
