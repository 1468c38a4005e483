// Compares the schemas of the working tree with those of the last release.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { compareSchemas } from './changes.mjs';
import { composeSubgraphs, describeError, readSubgraphs, sdlOfSubgraph } from './composition.mjs';
import { deprecationProblems } from './deprecations.mjs';
import { readKnownOperations } from './known-operations.mjs';

/** The schemas of the last release: `api.graphql`, and those of subgraphs that services call. */
export const releasedFile = (name) => `schema/released/${name}.graphql`;

/**
 * @returns the current schemas by name, the known operations, the changes as of `compareSchemas` and
 *   the problems of deprecations. `isFirst`: there is no released schema, so nothing has changed
 * @throws Error if the subgraphs do not compose or a file cannot be read
 */
export async function compareWithRelease(root, today) {
  const { subgraphs, api } = await compose();
  const isFirst = !existsSync(join(root, releasedFile('api')));
  const operations = readKnownOperations(root, isFirst);
  const called = new Set(operations.map(({ subgraph }) => subgraph).filter(Boolean));
  const schemas = { api, ...schemasOf(called, subgraphs) };
  const compare = async (name) => {
    const file = join(root, releasedFile(name));
    const current = buildSchema(schemas[name]);
    const sent = operations.filter(({ subgraph }) => (subgraph ?? 'api') === name);
    // Without this, a schema would be compared with itself.
    if (!existsSync(file) && sent.some(({ isReleased }) => isReleased))
      throw new Error(
        `${releasedFile(name)} is missing although the last release has operations for it: restore it.`,
      );
    const released = existsSync(file) ? buildSchema(readFileSync(file, 'utf8')) : current;
    return compareSchemas({ released, current, operations: sent, today });
  };
  const changes = await compare('api');
  for (const name of called) addInternal(changes, name, await compare(name));
  return {
    ...{ schemas, operations, changes, today, isFirst },
    deprecations: subgraphs.flatMap(({ typeDefs }) => deprecationProblems(typeDefs)),
  };
}

async function compose() {
  try {
    const subgraphs = await readSubgraphs();
    return { subgraphs, api: composeSubgraphs(subgraphs).api };
  } catch (error) {
    const message = error.name === 'GraphQLError' ? describeError(error).trim() : error.message;
    throw new Error(`There is no API schema to compare. ${message}`, { cause: error });
  }
}

function schemasOf(names, subgraphs) {
  return Object.fromEntries(
    [...names].map((name) => {
      const subgraph = subgraphs.find((one) => one.name === name);
      if (!subgraph)
        throw new Error(
          `Services send operations to the subgraph ${name}, which supergraph.yaml does not have.`,
        );
      return [name, sdlOfSubgraph(subgraph)];
    }),
  );
}

/**
 * Adds changes of a subgraph's schema that break a service which calls it. Its other changes are
 * either those of the API schema or concern the gateway alone, which composition covers.
 */
function addInternal(changes, subgraph, { breaking, invalid }) {
  const reported = new Set(changes.breaking.map(({ change }) => change.message));
  changes.breaking.push(
    ...breaking
      .filter(
        ({ users, keptUntil, change }) => users.length > 0 || (keptUntil && !reported.has(change.message)),
      )
      .map((one) => ({ ...one, subgraph })),
  );
  changes.invalid.push(...invalid);
}
