import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { join } from 'node:path';
import { inheritedEnvironment } from '../config/inherited-environment';
import type { PostgresAccount } from './account';

/**
 * Starts a PostgreSQL program in the data directory, in a new session, so that Ctrl-C in the
 * terminal does not reach it.
 */
export function runProgram(input: {
  account: PostgresAccount;
  program: 'initdb' | 'postgres';
  dataDir: string;
  args: readonly string[];
  stdio: StdioOptions;
}): ChildProcess {
  const { account, program, dataDir, args, stdio } = input;
  const path = join(account.runtime, 'bin', program);
  const command = [...account.prefix, path, '-D', account.dataArgument, ...args];
  return spawn(command[0] as string, command.slice(1), {
    cwd: dataDir,
    detached: true,
    stdio,
    // No inherited PG* variables or locale: messages are parsed, and clusters must be equal on all
    // machines.
    env: { PATH: inheritedEnvironment['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    ...account.spawnAs,
  });
}
