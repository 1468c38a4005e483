import { cpSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { recordOf, startStack, subgraphNames, type Stack, type StackOptions } from '@shop/local-stack/stack';
import { cloneDatabase, programEnvironment, runProgram, testAdmin, type TestDatabase } from './database';
import { currentTestRun } from './run';

export type TestStack = Stack;

export interface TestStackOptions extends Pick<
  StackOptions,
  'serviceEnv' | 'restart' | 'onLog' | 'onNotice' | 'ports' | 'replicaPorts' | 'urls'
> {
  /** Settings of all services. */
  env?: Record<string, string>;
  /** Default 0, because a test creates the products that it needs. */
  seedProducts?: number;
}

/**
 * Starts the five services on free ports with their own databases; the admin is `stack.admin`.
 * `stop()` also drops the databases. The stack stops if the test process exits.
 */
export async function startTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  const { directory, keysDir } = currentTestRun();
  const dataDir = mkdtempSync(join(directory, 'stack-'));
  cpSync(keysDir, join(dataDir, 'keys'), { recursive: true });
  const clones = await Promise.all(
    subgraphNames.map((name) => cloneDatabase(name, name === 'user' ? 'with-admin' : 'migrated')),
  );
  const databases = recordOf(subgraphNames, (name) => clones[subgraphNames.indexOf(name)] as TestDatabase);
  const drop = () => Promise.all(clones.map((database) => database.drop()));
  try {
    if (options.seedProducts)
      await runProgram('product', 'seed', databases.product.url, {
        SEED_PRODUCTS: String(options.seedProducts),
      });
    const env = { ...programEnvironment(), ...options.env };
    const stack = await startStack({
      ...options,
      dataDir,
      databaseUrls: recordOf(subgraphNames, (name) => databases[name].url),
      isPrepared: true,
      admin: testAdmin,
      env,
    });
    const stop = async () => {
      await stack.stop();
      await drop();
    };
    return { ...stack, stop };
  } catch (error) {
    await drop();
    throw error;
  }
}
