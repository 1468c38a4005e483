import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { StackError } from '../stack-error';
import { environmentOf, seedEnvironmentOf } from './service-environment';
import type { ServiceLog } from './service-log';
import { programOf, seededSubgraphs, workspaceRoot, type SubgraphName } from './services';
import type { StackPlan } from './stack-plan';
import type { Teardown } from './teardown';

/**
 * Brings one subgraph's database to the newest schema and fills it, by the subgraph's own programs.
 *
 * @throws StackError with the program's last complaint
 */
export async function prepareDatabase(input: {
  subgraph: SubgraphName;
  plan: StackPlan;
  log: ServiceLog;
  teardown: Teardown;
}): Promise<void> {
  const { subgraph, plan } = input;
  await runToEnd({ ...input, program: 'migrate', env: environmentOf(subgraph, plan) });
  if (!seededSubgraphs.has(subgraph)) return;
  await runToEnd({ ...input, program: 'seed', env: seedEnvironmentOf(subgraph, plan) });
}

async function runToEnd(input: {
  subgraph: SubgraphName;
  program: 'migrate' | 'seed';
  env: NodeJS.ProcessEnv;
  log: ServiceLog;
  teardown: Teardown;
}): Promise<void> {
  const { subgraph, program, env, log, teardown } = input;
  const child = spawn(process.execPath, ['--enable-source-maps', programOf(subgraph, program)], {
    cwd: workspaceRoot,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  log.attach(child);
  const closed = once(child, 'close');
  const forget = teardown.add(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const [code] = (await closed) as [number | null];
  forget();
  if (code !== 0) {
    throw new StackError(`${subgraph}: ${program} failed: ${log.lastComplaint()}; see ${log.file}`);
  }
}
