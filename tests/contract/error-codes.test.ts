import { globSync } from 'node:fs';
import { join } from 'node:path';
import { problemTypes } from '../../gateway/src/rest/shapes/problem-types';

const repository = join(__dirname, '../..');
const subgraphs = globSync('subgraphs/*', { cwd: repository });

const ownCodes = (subgraph: string): readonly string[] => {
  const file = join(repository, subgraph, 'src/errors');
  return (require(file) as { ownCodes: readonly string[] }).ownCodes;
};

it.each(subgraphs)('the facade has a status for each error code of %s', (subgraph) => {
  expect(Object.keys(problemTypes)).toEqual(expect.arrayContaining([...ownCodes(subgraph)]));
});
