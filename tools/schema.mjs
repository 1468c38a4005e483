// Compares the API schema with that of the last release:
//   npm run schema:check    fails if a change breaks an operation of a known client
//   npm run schema:release [-- --version X.Y.Z] [--breaking "why"]
//                           makes the current schema the released one and writes the changelog
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSchema } from 'graphql';
import { compareSchemas } from './schema/changes.mjs';
import { composeSubgraphs, describeError, readSubgraphs } from './schema/composition.mjs';
import { deprecationProblems } from './schema/deprecations.mjs';
import { readKnownOperations } from './schema/known-operations.mjs';
import { releasedSchemaFile, writeRelease } from './schema/release.mjs';
import { notesOf, problemsOf } from './schema/report.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const usage = `Usage: npm run schema:check
       npm run schema:release [-- --version X.Y.Z] [--breaking "why"]`;

/** @throws Error if the subgraphs do not compose */
async function compose() {
  try {
    const subgraphs = await readSubgraphs();
    return { subgraphs, api: composeSubgraphs(subgraphs).api };
  } catch (error) {
    const message = error.name === 'GraphQLError' ? describeError(error).trim() : error.message;
    throw new Error(`There is no API schema to compare. ${message}`, { cause: error });
  }
}

async function compare() {
  const today = new Date().toISOString().slice(0, 10);
  const { subgraphs, api } = await compose();
  const operations = readKnownOperations(root);
  const file = join(root, releasedSchemaFile);
  const isFirst = !existsSync(file);
  const current = buildSchema(api);
  const released = isFirst ? current : buildSchema(readFileSync(file, 'utf8'));
  return {
    ...{ api, operations, today, isFirst },
    changes: await compareSchemas({ released, current, operations, today }),
    deprecations: subgraphs.flatMap(({ typeDefs }) => deprecationProblems(typeDefs)),
  };
}

async function check() {
  const { changes, deprecations, operations, isFirst } = await compare();
  if (isFirst)
    throw new Error(`${releasedSchemaFile} is missing: restore it, or run npm run schema:release.`);
  for (const note of notesOf(changes)) console.log(note);
  const problems = problemsOf(changes, deprecations);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    process.exitCode = 1;
    return;
  }
  const clients = new Set(operations.map(({ client }) => client));
  console.log(
    `schema: no change since the last release breaks one of ${operations.length} operations of ` +
      `${clients.size} known clients (${changes.safe.length} safe, ${changes.dangerous.length} dangerous, ` +
      `${changes.unused.length} unused)`,
  );
}

async function release({ version, breaking }) {
  const compared = await compare();
  const { changes, deprecations } = compared;
  const blocking = problemsOf({ ...changes, breaking: breaking ? [] : changes.breaking }, deprecations);
  if (blocking.length > 0) throw new Error(`${blocking.join('\n')}\nThe schema was not released.`);
  console.log(await writeRelease({ ...compared, root, version, breaking }));
}

function readArguments() {
  const options = { version: { type: 'string' }, breaking: { type: 'string' } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [command, ...others] = positionals;
  if (!['check', 'release'].includes(command) || others.length > 0)
    throw new Error(`Invalid arguments: ${positionals.join(' ') || '(none)'}`);
  if (command === 'check' && Object.keys(values).length > 0) throw new Error('check has no options');
  if (values.breaking !== undefined && !values.breaking.trim())
    throw new Error('--breaking is empty: say why the change cannot wait');
  return { command, values };
}

let args;
try {
  args = readArguments();
} catch (error) {
  console.error(`${error.message}\n${usage}`);
  process.exit(1);
}
try {
  await (args.command === 'check' ? check() : release(args.values));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
