import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { programOf, seededSubgraphs, subgraphNames, workspaceRoot, type SubgraphName } from '../services';
import { StackError } from '../stack-error';
import { openStack, type OpenStack } from './open-stack';
import { readPreparationMarks } from './preparation-mark';
import { environmentOf, seedEnvironmentOf } from './service-environment';
import type { ServiceLog } from './service-log';
import type { StackOptions } from './stack-plan';
import { createTeardown, type Teardown } from './teardown';

/** Programs of a subgraph for its database; both are idempotent. */
type PreparationProgram = 'migrate' | 'seed';

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
  teardown?.add(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const [code] = (await closed) as [number | null];
  if (code !== 0) {
    throw new StackError(`${subgraph}: ${program} failed: ${log.lastError()}; see ${log.file}`);
  }
}

/** Migrates and seeds the databases without a mark of this code and these settings. */
export async function prepareDueDatabases(open: OpenStack): Promise<void> {
  const { options, plan, postgres } = open;
  const marks = postgres && (await readPreparationMarks(postgres, plan));
  // An external server may change at any time, so its databases are always checked.
  const isEmbedded = (subgraph: SubgraphName) => options.databaseUrls?.[subgraph] === undefined;
  const due = subgraphNames.filter((subgraph) => !(isEmbedded(subgraph) && marks?.isPrepared(subgraph)));
  options.onStep?.(`Databases: ${due.length > 0 ? `migrating and seeding ${due.join(', ')}` : 'up to date'}`);
  await Promise.all(
    due.map(async (subgraph) => {
      await prepareDatabase(open, subgraph, ['migrate', 'seed']);
      if (isEmbedded(subgraph)) await marks?.remember(subgraph);
    }),
  );
}

async function prepareDatabase(
  { plan, logs, teardown }: OpenStack,
  subgraph: SubgraphName,
  programs: readonly PreparationProgram[],
): Promise<void> {
  for (const program of programs) {
    if (program === 'seed' && !seededSubgraphs.has(subgraph)) continue;
    const env = program === 'seed' ? seedEnvironmentOf(subgraph, plan) : environmentOf(subgraph, plan);
    await runServiceProgram({ subgraph, program, env, log: logs[subgraph], teardown });
  }
}

/**
 * Migrates or seeds databases of a stack that is not running, all by default, and stops its
 * PostgreSQL again.
 *
 * @throws StackError in one line, with the fix
 */
export async function runPreparation(
  options: StackOptions,
  programs: readonly PreparationProgram[],
  subgraphs: readonly SubgraphName[] = subgraphNames,
): Promise<void> {
  const teardown = createTeardown();
  try {
    const open = await openStack(options, teardown);
    options.onStep?.(`Databases: ${programs.join(' and ')} of ${subgraphs.join(', ')}`);
    await Promise.all(subgraphs.map((subgraph) => prepareDatabase(open, subgraph, programs)));
  } finally {
    await teardown.run();
  }
}
