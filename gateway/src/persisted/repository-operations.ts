import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { concatAST, type DocumentNode, parse } from 'graphql';

const repository = join(__dirname, '..', '..', '..');

/** Where clients keep the operations that they send. */
const sources = ['gateway/src/rest/operations/*.graphql'];

/** All operations of this repository's clients and their fragments, as one document. */
export function repositoryOperations(): DocumentNode {
  const files = globSync(sources, { cwd: repository }).sort();
  return concatAST(files.map((file) => parse(readFileSync(join(repository, file), 'utf8'))));
}
