import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '../eventually';

/** A server of somebody else's, as a child process that can be killed and started again. */
export interface ServerProcess {
  /** Resolves when `answers` does not throw any more. */
  start(): Promise<void>;
  /** SIGKILL; does nothing when it does not run. Resolves when it is gone. */
  kill(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/** Not started yet. A test process that ends without `kill` leaves no server behind. */
export function createServerProcess(options: {
  program: string;
  programArguments: readonly string[];
  /** Throws while the server does not answer. */
  isReady: () => Promise<void>;
}): ServerProcess {
  const { program, programArguments, isReady } = options;
  let server: ChildProcess | undefined;
  const killNow = () => void server?.kill('SIGKILL');
  return {
    async start() {
      process.off('exit', killNow);
      process.once('exit', killNow);
      server = spawn(program, programArguments, { stdio: 'ignore' });
      await eventually(isReady);
    },
    async kill() {
      process.off('exit', killNow);
      if (!server || server.exitCode !== null || server.signalCode !== null) return;
      const gone = once(server, 'exit');
      server.kill('SIGKILL');
      await gone;
    },
    signal: (signal) => void server?.kill(signal),
  };
}
