// Composes the subgraphs named by supergraph.yaml, in process: gateway/supergraph.graphql what the
// gateway runs on gateway/api-schema.graphql the schema of clients; operations are validated and
// typed against it `--check` writes nothing and fails if the committed files are stale.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import composition from '@apollo/composition';
import federation from '@apollo/federation-internals';
import { parse, printSchema, Source } from 'graphql';
import { parse as parseYaml } from 'yaml';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

async function readSubgraphs() {
  const { subgraphs } = parseYaml(await readFile(join(root, 'supergraph.yaml'), 'utf8'));
  return Promise.all(
    Object.entries(subgraphs).map(async ([name, { routing_url: url, schema }]) => ({
      name,
      url,
      typeDefs: parse(new Source(await readFile(join(root, schema.file), 'utf8'), normalize(schema.file))),
    })),
  );
}

function compose(subgraphs) {
  const result = composition.composeServices(subgraphs);
  if (result.errors) {
    throw new Error(`The subgraphs do not compose:\n${result.errors.map(describeError).join('\n')}`);
  }
  for (const hint of result.hints.filter(({ definition }) => definition.level.value > 20)) {
    console.warn(`hint ${hint.definition.code}: ${hint.message}`);
  }
  const api = new federation.Supergraph(result.schema).apiSchema().toGraphQLJSSchema();
  return {
    'gateway/supergraph.graphql': `${result.supergraphSdl.trim()}\n`,
    'gateway/api-schema.graphql': `${printSchema(api).trim()}\n`,
  };
}

/**
 * `subgraphs/order/schema.graphql:12:3 CODE: message`; an error of several subgraphs has a line for
 * each location. Errors without a location name their subgraph in the message.
 */
function describeError(error) {
  const [first, ...others] = placesOf(error).map(({ file, line, column }) => `${file}:${line}:${column}`);
  const subgraph = /^\[(\w+)\]/.exec(error.message)?.[1];
  const place = first ?? (subgraph && `subgraphs/${subgraph}/schema.graphql`);
  const headline = `${place ? `${place} ` : ''}${error.extensions?.code ?? 'ERROR'}: ${error.message}`;
  return [`  ${headline}`, ...others.map((other) => `    and ${other}`)].join('\n');
}

function placesOf({ nodes, source, locations }) {
  if (!nodes) return (locations ?? []).map((location) => ({ file: source.name, ...location }));
  return nodes.flatMap(({ loc, name }) => {
    if (!loc) return [];
    // The location of a definition is its description, so use the location of its name.
    const { line, column } = (name?.loc ?? loc).startToken;
    return [{ file: loc.source.name, line, column }];
  });
}

async function outdated(files) {
  const stale = [];
  for (const [path, text] of Object.entries(files)) {
    const committed = await readFile(join(root, path), 'utf8').catch(() => '');
    if (committed !== text) stale.push(path);
  }
  return stale;
}

try {
  const files = compose(await readSubgraphs());
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
