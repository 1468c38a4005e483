import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { subgraphNames, workspaceRoot } from '../services';
import { sharedPackages } from './preparation-mark';

it.each(subgraphNames)('a changed dependency of %s migrates and seeds its database again', (subgraph) => {
  const file = join(workspaceRoot, 'subgraphs', subgraph, 'package.json');
  const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies: Record<string, string> };
  const shared = Object.keys(dependencies).filter((name) => name.startsWith('@shop/'));
  expect(sharedPackages.map((name) => `@shop/${name}`)).toEqual(expect.arrayContaining(shared));
});
