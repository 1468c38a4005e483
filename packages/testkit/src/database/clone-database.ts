import { randomBytes } from 'node:crypto';
import type { SubgraphName } from '@shop/local-stack/stack';
import { createFromTemplate, dropDatabase } from './create-database';
import { ensureTemplate, type TemplateKind } from './template';

/** A database of one test file. */
export interface TestDatabase {
  /** Connection URL of the subgraph's role. */
  url: string;
  /** Drops it; otherwise it is removed at the end of the run. */
  drop(): Promise<void>;
}

/**
 * A fresh, migrated database of a subgraph, for one test file (some 50 ms; the first one of a run
 * also migrates). `with-admin`: of `user`, with `testAdmin` in it.
 *
 * const database = await cloneDatabase('product'); afterAll(() => database.drop());
 */
export async function cloneDatabase(
  subgraph: SubgraphName,
  kind: TemplateKind = 'migrated',
): Promise<TestDatabase> {
  const template = await ensureTemplate(subgraph, kind);
  const name = `${template}_${randomBytes(5).toString('hex')}`;
  const url = await createFromTemplate({ subgraph, template, name });
  return { url, drop: () => dropDatabase(name) };
}
