import { openStack } from './open-stack';
import { prepareDatabases } from './preparation';
import type { PreparationProgram } from './service-program';
import type { StackOptions } from './stack-options';
import { createTeardown } from './teardown';

/**
 * Migrates or seeds the four databases of a stack that is not running, and stops its PostgreSQL
 * again.
 *
 * @throws StackError in one line, with the fix
 */
export async function runPreparation(
  options: StackOptions,
  programs: readonly PreparationProgram[],
): Promise<void> {
  const teardown = createTeardown();
  try {
    await prepareDatabases(await openStack(options, teardown), programs);
  } finally {
    await teardown.run();
  }
}
