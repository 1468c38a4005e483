import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { join } from 'node:path';
import { inheritedEnvironment } from '../config/inherited-environment';
import type { PostgresAccount } from './account';

/**
 * Starts one of PostgreSQL's programs inside the data directory, in a session of its own: a
 * terminal's Ctrl-C is for us.
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
    // Nothing of PG* or a locale from outside: messages are read, and a cluster must be the same
    // everywhere.
    env: { PATH: inheritedEnvironment['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    ...account.spawnAs,
  });
}
