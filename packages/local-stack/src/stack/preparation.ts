import type { OpenStack } from './open-stack';
import { readPreparationMarks } from './preparation-mark';
import { environmentOf, seedEnvironmentOf } from './service-environment';
import { runServiceProgram, type PreparationProgram } from './service-program';
import { seededSubgraphs, subgraphNames, type SubgraphName } from './services';

/** Migrates and seeds the databases without a mark of this code and these settings. */
export async function prepareDueDatabases(open: OpenStack): Promise<void> {
  const { options, plan, postgres } = open;
  const marks = postgres && (await readPreparationMarks(postgres, plan));
  // An external server may change at any time, so its databases are always checked.
  const isEmbedded = (subgraph: SubgraphName) => options.databaseUrls?.[subgraph] === undefined;
  const due = subgraphNames.filter((subgraph) => !(isEmbedded(subgraph) && marks?.isPrepared(subgraph)));
  options.onStep?.('databases', due.length > 0 ? `migrating and seeding ${due.join(', ')}` : 'up to date');
  await Promise.all(
    due.map(async (subgraph) => {
      await prepareDatabase(open, subgraph, ['migrate', 'seed']);
      if (isEmbedded(subgraph)) await marks?.remember(subgraph);
    }),
  );
}

/** Runs the named programs on every database. */
export async function prepareDatabases(
  open: OpenStack,
  programs: readonly PreparationProgram[],
): Promise<void> {
  open.options.onStep?.('databases', `${programs.join(' and ')} of ${subgraphNames.join(', ')}`);
  await Promise.all(subgraphNames.map((subgraph) => prepareDatabase(open, subgraph, programs)));
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
