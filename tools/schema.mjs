// Compares the schema with that of the last release:
//   npm run schema:check    fails if a change breaks an operation of a known client
//   npm run schema:release [-- --version X.Y.Z] [--breaking "why"]
//                           makes the current schema the released one and writes the changelog
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compareWithRelease, releasedFile } from './schema/release-comparison.mjs';
import { writeRelease } from './schema/release.mjs';
import { notesOf, problemsOf } from './schema/report.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const usage = `Usage: npm run schema:check
       npm run schema:release [-- --version X.Y.Z] [--breaking "why"]`;

function readArguments() {
  const options = { version: { type: 'string' }, breaking: { type: 'string' } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [command, ...others] = positionals;
  if (!['check', 'release'].includes(command) || others.length > 0)
    throw new Error(`Invalid arguments: ${positionals.join(' ') || '(none)'}`);
  if (command === 'check' && Object.keys(values).length > 0) throw new Error('check has no options');
  if (values.breaking !== undefined && !values.breaking.trim())
    throw new Error('--breaking is empty: write why the change cannot wait');
  return { command, values };
}

function check({ changes, deprecations, operations, isFirst }) {
  if (isFirst)
    throw new Error(`${releasedFile('api')} is missing: restore it, or run npm run schema:release.`);
  for (const note of notesOf(changes)) console.log(note);
  const problems = problemsOf(changes, deprecations);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const clients = new Set(operations.map(({ client }) => client));
  console.log(
    `schema: no change since the last release breaks one of ${operations.length} operations of ` +
      `${clients.size} known clients (${changes.safe.length} safe, ${changes.dangerous.length} dangerous, ` +
      `${changes.unused.length} unused)`,
  );
}

async function release(comparison, { version, breaking }) {
  const { changes, deprecations } = comparison;
  const blocking = problemsOf({ ...changes, breaking: breaking ? [] : changes.breaking }, deprecations);
  if (blocking.length > 0) throw new Error(`${blocking.join('\n')}\nThe schema was not released.`);
  console.log(await writeRelease({ ...comparison, root, version, breaking }));
}

let args;
try {
  args = readArguments();
} catch (error) {
  console.error(`${error.message}\n${usage}`);
  process.exit(1);
}
try {
  const comparison = await compareWithRelease(root, new Date().toISOString().slice(0, 10));
  if (args.command === 'check') check(comparison);
  else await release(comparison, args.values);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
