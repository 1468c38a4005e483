// Composes the subgraphs named by supergraph.yaml, in process, and writes:
//   gateway/supergraph.graphql  what the gateway runs on
//   gateway/api-schema.graphql  the schema of clients; operations are validated and typed against it
// `--check` writes nothing and fails if the committed files are stale.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { composeSubgraphs, describeError, readSubgraphs } from './schema/composition.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

async function outdated(files) {
  const stale = [];
  for (const [path, text] of Object.entries(files)) {
    const committed = await readFile(join(root, path), 'utf8').catch(() => '');
    if (committed !== text) stale.push(path);
  }
  return stale;
}

try {
  const { supergraph, api, hints } = composeSubgraphs(await readSubgraphs());
  for (const hint of hints) console.warn(hint);
  const files = { 'gateway/supergraph.graphql': supergraph, 'gateway/api-schema.graphql': api };
  const stale = await outdated(files);
  if (process.argv.includes('--check')) {
    if (stale.length > 0)
      throw new Error(`${stale.join(', ')} not up to date: run "npm run generate" and commit.`);
  } else {
    for (const path of stale) await writeFile(join(root, path), files[path]);
    console.log(stale.length > 0 ? `composed ${stale.join(', ')}` : 'composition unchanged');
  }
} catch (error) {
  console.error(error.name === 'GraphQLError' ? describeError(error).trim() : error.message);
  process.exitCode = 1;
}
