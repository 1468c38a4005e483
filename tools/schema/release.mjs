// Makes the current schema the released one, and writes the changelog.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DiffRule } from '@graphql-inspector/core';
import { format } from 'prettier';
import { manifestText, releasedOperationsFile } from './known-operations.mjs';
import { releasedFile } from './release-comparison.mjs';

const changelogFile = 'schema/CHANGELOG.md';
const title = `# Changes of the API schema

Written by \`npm run schema:release\`, newest release first.
`;

/**
 * @returns a summary for the terminal
 * @throws Error if the version has been released before
 */
export async function writeRelease({
  root,
  schemas,
  operations,
  changes,
  today,
  isFirst,
  version,
  breaking,
}) {
  const released = version ?? JSON.parse(readFileSync(join(root, 'lerna.json'), 'utf8')).version;
  const path = join(root, changelogFile);
  const changelog = existsSync(path) ? readFileSync(path, 'utf8') : title;
  if (isFirst && changelog !== title)
    throw new Error(`${releasedFile('api')} is missing although ${changelogFile} has entries: restore it.`);
  if (changelog.includes(`\n## ${released} `))
    throw new Error(
      `${changelogFile} has an entry for version ${released} already: raise the version (npx lerna version), or pass --version.`,
    );
  const entry = `## ${released} (${today})\n\n${isFirst ? 'The first release.' : entryText(changes, breaking)}\n`;
  mkdirSync(join(root, dirname(releasedOperationsFile)), { recursive: true });
  const [head, ...entries] = changelog.split(/^(?=## )/m);
  writeFileSync(
    path,
    await format([head.trimEnd(), entry, ...entries].join('\n\n'), { parser: 'markdown', printWidth: 110 }),
  );
  for (const [name, sdl] of Object.entries(schemas)) writeFileSync(join(root, releasedFile(name)), sdl);
  writeFileSync(join(root, releasedOperationsFile), manifestText(operations.filter((one) => one.isCurrent)));
  return `released schema ${released}: commit ${dirname(releasedOperationsFile)} and ${changelogFile}`;
}

function entryText(changes, breaking) {
  const lists = [
    ['Breaking', changes.breaking.map(breakingText), breaking && `Reason: ${breaking.trim()}`],
    ['Breaking, but not used by a known client', changes.unused.map(messageOf)],
    ['Dangerous', changes.dangerous.map(messageOf)],
    ['Safe', withoutRepetitions(changes.safe).map(messageOf)],
  ].filter(([, items]) => items.length > 0);
  if (lists.length === 0) return 'No change.';
  return lists
    .map(([heading, items, text]) =>
      [`### ${heading}`, ...(text ? [text] : []), items.map((item) => `- ${item}`).join('\n')].join('\n\n'),
    )
    .join('\n\n');
}

/** A new type is one change, not one for each field; changed descriptions are not listed. */
function withoutRepetitions(changes) {
  return DiffRule.ignoreDescriptionChanges({ changes: DiffRule.simplifyChanges({ changes }) });
}

function breakingText({ change, subgraph, users, keptUntil }) {
  const names = [...new Set(users.map(({ operation: { client, name } }) => `${client} ${name}`))];
  return [
    `${subgraph ? `in the subgraph ${subgraph}: ` : ''}${messageOf(change)}`,
    ...(names.length > 0 ? [`used by ${names.join(', ')}`] : []),
    ...(keptUntil ? [`removed before ${keptUntil}`] : []),
  ].join('; ');
}

function messageOf({ message }) {
  return message.replaceAll(/'([\w.!@[\]]+)'/g, '`$1`');
}
