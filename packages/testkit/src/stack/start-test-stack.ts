import { cpSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import {
  openServiceLog,
  runServiceProgram,
  startStack,
  subgraphNames,
  type Stack,
  type StackOptions,
  type SubgraphName,
} from '@shop/local-stack/stack';
import { cloneDatabase, programEnvironment, testAdmin, type TestDatabase } from '../database';
import { currentTestRun } from '../run';

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

type Databases = Record<SubgraphName, TestDatabase>;

/**
 * Starts the five services on free ports with their own databases; the admin is `stack.admin`.
 * `stop()` also drops the databases. The stack stops if the test process exits.
 */
export async function startTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  const { directory, keysDir } = currentTestRun();
  const dataDir = mkdtempSync(join(directory, 'stack-'));
  cpSync(keysDir, join(dataDir, 'keys'), { recursive: true });
  const databases = await cloneAll();
  const urls = Object.fromEntries(subgraphNames.map((name) => [name, databases[name].url]));
  const drop = () => Promise.all(subgraphNames.map((name) => databases[name].drop()));
  try {
    if (options.seedProducts) await seedProducts(databases.product.url, options.seedProducts, dataDir);
    const env = { ...programEnvironment(), ...options.env };
    const stack = await startStack({
      ...options,
      dataDir,
      databaseUrls: urls,
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

async function cloneAll(): Promise<Databases> {
  const kindOf = (name: SubgraphName) => (name === 'user' ? 'with-admin' : 'migrated');
  const entries = subgraphNames.map(async (name) => [name, await cloneDatabase(name, kindOf(name))] as const);
  return Object.fromEntries(await Promise.all(entries)) as Databases;
}

async function seedProducts(databaseUrl: string, count: number, dataDir: string): Promise<void> {
  const log = openServiceLog('product', join(dataDir, 'logs'), () => undefined);
  const env = { ...programEnvironment(), DATABASE_URL: databaseUrl, SEED_PRODUCTS: String(count) };
  await runServiceProgram({ subgraph: 'product', program: 'seed', env, log });
}
