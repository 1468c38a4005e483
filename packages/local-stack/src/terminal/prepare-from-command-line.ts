import { inheritedEnvironment, loadStackConfig } from '../config';
import { runPreparation, type PreparationProgram } from '../stack';
import { exitWith } from './exit';
import { showProgress } from './progress';

/**
 * `npm run migrate` and `npm run seed`: the databases of DATA_DIR, or those that *_DATABASE_URL
 * name.
 */
export async function prepareFromCommandLine(programs: readonly PreparationProgram[]): Promise<void> {
  const progress = showProgress(process.stdout);
  try {
    // The ports are not used.
    const options = { ...loadStackConfig(inheritedEnvironment), ports: {} };
    await runPreparation({ ...options, onStep: progress.step, onNotice: progress.note }, programs);
    progress.done();
  } catch (error) {
    exitWith(error);
  }
}
