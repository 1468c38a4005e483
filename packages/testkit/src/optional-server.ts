import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { eventually } from './eventually';

/** A program that some tests need and that may not be installed. */
export interface OptionalProgram {
  /** Names of the program; the first one is also the name of the Debian package. */
  names: readonly [string, ...string[]];
  /** Environment variable with the path of the program. */
  variable: string;
}

/** Directory of servers on Debian, which is not in the PATH of ordinary users. */
const serverDirectory = '/usr/sbin';

/** The path of the program: that of the variable, or the first on the PATH; undefined if not installed. */
export function findProgram({ names, variable }: OptionalProgram): string | undefined {
  const { [variable]: configured, PATH = '' } = process.env;
  if (configured?.includes('/')) return [configured].find(isExecutable);
  const directories = [...PATH.split(delimiter), serverDirectory];
  return (configured ? [configured] : names)
    .flatMap((name) => directories.map((directory) => join(directory, name)))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @throws Error if the program is not installed */
export function requireProgram(program: OptionalProgram): string {
  const path = findProgram(program);
  if (path) return path;
  throw new Error(`${program.names[0]} was not found: ${remedy(program)}`);
}

/** `describe` for tests that need the program; without it they are skipped, with the reason in the title. */
export function describeWithProgram(program: OptionalProgram, title: string, tests: () => void): void {
  if (findProgram(program)) describe(title, tests);
  // eslint-disable-next-line jest/no-disabled-tests -- reported as skipped, not as passed
  else describe.skip(`${title} (skipped: ${program.names[0]} is not installed; ${remedy(program)})`, tests);
}

const remedy = ({ names, variable }: OptionalProgram) => `apt-get install ${names[0]}, or set ${variable}`;

/** A third-party server as a child process that can be killed and restarted. */
export interface ServerProcess {
  /** Resolves when `isReady` does not throw. */
  start(): Promise<void>;
  /** Sends SIGKILL if it is running; resolves when it has exited. */
  kill(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/** Creates a server process without starting it. It is killed when the test process exits. */
export function createServerProcess(options: {
  program: string;
  args: readonly string[];
  /** Default: the environment of this process. */
  env?: NodeJS.ProcessEnv;
  /** Throws while the server does not respond. */
  isReady: () => Promise<void>;
}): ServerProcess {
  const { program, args, env, isReady } = options;
  let server: ChildProcess | undefined;
  const killNow = () => void server?.kill('SIGKILL');
  return {
    async start() {
      process.off('exit', killNow);
      process.once('exit', killNow);
      server = spawn(program, args, { stdio: 'ignore', ...(env && { env }) });
      await eventually(isReady);
    },
    async kill() {
      process.off('exit', killNow);
      if (!server || server.exitCode !== null || server.signalCode !== null) return;
      const exited = once(server, 'exit');
      server.kill('SIGKILL');
      await exited;
    },
    signal: (signal) => void server?.kill(signal),
  };
}
