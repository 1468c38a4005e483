import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '../eventually';

/** A third-party server as a child process that can be killed and restarted. */
export interface ServerProcess {
  /** Resolves when `isReady` does not throw. */
  start(): Promise<void>;
  /** Sends SIGKILL if it is running; resolves when it has exited. */
  kill(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/** Does not start it. The server is killed when the test process exits. */
export function createServerProcess(options: {
  program: string;
  programArguments: readonly string[];
  /** Throws while the server does not respond. */
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
