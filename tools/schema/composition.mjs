// Reads and composes the subgraphs that supergraph.yaml names.
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import composition from '@apollo/composition';
import federation from '@apollo/federation-internals';
import { parse, printSchema, Source } from 'graphql';
import { parse as parseYaml } from 'yaml';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The subgraphs of supergraph.yaml with their parsed schemas. @throws GraphQLError for a syntax error */
export async function readSubgraphs() {
  const { subgraphs } = parseYaml(await readFile(join(root, 'supergraph.yaml'), 'utf8'));
  return Promise.all(
    Object.entries(subgraphs).map(async ([name, { routing_url: url, schema }]) => ({
      name,
      url,
      typeDefs: parse(new Source(await readFile(join(root, schema.file), 'utf8'), normalize(schema.file))),
    })),
  );
}

/**
 * @returns the supergraph, the API schema (the part that clients can query), and hints about both
 * @throws Error with every composition error and its file and line
 */
export function composeSubgraphs(subgraphs) {
  const result = composition.composeServices(subgraphs);
  if (result.errors) {
    throw new Error(`The subgraphs do not compose:\n${result.errors.map(describeError).join('\n')}`);
  }
  const api = new federation.Supergraph(result.schema).apiSchema().toGraphQLJSSchema();
  return {
    supergraph: `${result.supergraphSdl.trim()}\n`,
    api: `${printSchema(api).trim()}\n`,
    hints: result.hints
      .filter(({ definition }) => definition.level.value > 20)
      .map(({ definition, message }) => `hint ${definition.code}: ${message}`),
  };
}

/** A subgraph's schema with its internal fields. */
export function sdlOfSubgraph({ name, url, typeDefs }) {
  const { schema } = federation.buildSubgraph(name, url, typeDefs);
  return `${printSchema(schema.toGraphQLJSSchema()).trim()}\n`;
}

/**
 * `subgraphs/order/schema.graphql:12:3 CODE: message`; an error of several subgraphs has a line for
 * each location. Errors without a location name their subgraph in the message.
 */
export function describeError(error) {
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
