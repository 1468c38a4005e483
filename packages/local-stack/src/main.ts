import { inheritedEnvironment, loadStackConfig } from './config';
import { followSources } from './dev-loop/follow-sources';
import { runPreparation } from './stack';
import { exitWith, StackError } from './stack-error';
import { showProgress } from './terminal/progress';
import { runMigrate } from './terminal/run-migrate';
import { runStack } from './terminal/run-stack';

/** The programs `npm start`, `npm run dev`, `npm run migrate` and `npm run seed`. */
const programs: Readonly<Record<string, (args: readonly string[]) => Promise<unknown>>> = {
  start: runStack,
  dev: async (args) => followSources(await runStack(args)),
  migrate: runMigrate,
  seed,
};

/** Seeds the databases of DATA_DIR, or those that *_DATABASE_URL name. */
async function seed(): Promise<void> {
  const progress = showProgress(process.stdout);
  // The ports are not used.
  const options = { ...loadStackConfig(inheritedEnvironment), ports: {} };
  // Migrates first, because a seed requires the newest schema.
  await runPreparation({ ...options, onStep: progress.step, onNotice: progress.note }, ['migrate', 'seed']);
  progress.done();
}

async function main([name = '', ...args]: readonly string[]): Promise<void> {
  const program = programs[name];
  if (!program)
    throw new StackError(`Unknown program: ${name}. Programs: ${Object.keys(programs).join(', ')}`);
  await program(args);
}

main(process.argv.slice(2)).catch(exitWith);
