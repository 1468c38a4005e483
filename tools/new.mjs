// npm run new -- subgraph <name>
// Writes a new subgraph from tools/new/subgraph and registers it everywhere. Needs no network.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addSubgraph } from './new/add-subgraph.mjs';
import { root } from './prepare/workspace.mjs';

const usage = `Usage: npm run new -- subgraph <name>

<name>: 2 to 30 lower-case letters, the plural of what the subgraph owns, for example reviews.
`;

const [kind, name, ...rest] = process.argv.slice(2);

function problemOf() {
  if (kind !== 'subgraph') return `Unknown kind: ${kind ?? '(none)'}.`;
  if (rest.length > 0) return `Unexpected argument: ${rest[0]}.`;
  if (!/^[a-z]{2,30}$/.test(name ?? '')) return `Invalid name: ${name ?? '(none)'}.`;
  if (['gateway', 'operations', 'tests', 'kit', 'events', 'testkit'].includes(name))
    return `The name ${name} is taken by another workspace: choose another one.`;
  if (existsSync(join(root, 'subgraphs', name)))
    return `subgraphs/${name} exists: choose another name, or delete the folder first.`;
  return undefined;
}

const problem = problemOf();
if (kind === '--help') process.stdout.write(usage);
else if (problem) {
  process.stderr.write(`${problem}\n\n${usage}`);
  process.exitCode = 1;
} else {
  const { test, files } = await addSubgraph(root, name);
  process.stdout.write(`Wrote subgraphs/${name} and changed ${files.join(', ')}.

Next:
  npm run generate                  composes the supergraph and writes the types; run it after each change of a schema
  npm run lint
  npm test -- ${test}
  npm start                         runs the subgraph with the others

Before you merge: list its operations in tests/authorization/matrix.ts, and name its owners in CODEOWNERS.
`);
}
