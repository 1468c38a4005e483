import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { StackError } from '../stack-error';
import type { ServiceLog } from './service-log';
import { programOf, workspaceRoot, type SubgraphName } from './services';
import type { Teardown } from './teardown';

/** Programs of a subgraph for its database; both are idempotent. */
export type PreparationProgram = 'migrate' | 'seed';

/**
 * Runs a program of a subgraph to completion, or kills it at teardown. `env` selects the database.
 *
 * @throws StackError with the program's last error
 */
export async function runServiceProgram(input: {
  subgraph: SubgraphName;
  program: PreparationProgram;
  env: NodeJS.ProcessEnv;
  log: ServiceLog;
  teardown?: Teardown;
}): Promise<void> {
  const { subgraph, program, env, log, teardown } = input;
  const child = spawn(process.execPath, ['--enable-source-maps', programOf(subgraph, program)], {
    cwd: workspaceRoot,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  log.attach(child);
  const closed = once(child, 'close');
  const forget = teardown?.add(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const [code] = (await closed) as [number | null];
  forget?.();
  if (code !== 0) {
    throw new StackError(`${subgraph}: ${program} failed: ${log.lastComplaint()}; see ${log.file}`);
  }
}
