// The texts of `npm run schema:check`.
import { deprecationFormat } from './deprecations.mjs';

const remedy = `Remedy: keep what the operations use. To remove it without breaking a client:
  1. deprecate it, ${deprecationFormat}, and change the operations of the clients
  2. release (npm run schema:release), so that no client of the last release uses it
  3. after the date, remove it
Make new arguments and input fields optional.
To release the breaking change anyway: npm run schema:release -- --breaking "why"
See "Change the schema" in CONTRIBUTING.md.`;

/** @returns {string[]} one text for each problem; the remedy comes last. Empty if there is none */
export function problemsOf({ breaking, invalid }, deprecations) {
  const broken = breaking.map(({ change, subgraph, users, isUndetermined, keptUntil }) =>
    [
      `BREAKING ${subgraph ? `in the subgraph ${subgraph}: ` : ''}${change.message}`,
      ...(keptUntil ? [`  It is deprecated, with the removal date ${keptUntil}: keep it until then.`] : []),
      ...(isUndetermined ? [`  The check cannot determine its users (change type ${change.type}).`] : []),
      ...(users.length > 0 ? [`  ${users.length} operation(s) of known clients would break:`] : []),
      ...users.map(({ operation, places }) => `    ${labelOf(operation)}: ${placesText(places)}`),
    ].join('\n'),
  );
  const named = new Set(breaking.flatMap(({ users }) => users.map(({ operation }) => operation)));
  const rejected = invalid
    .filter(({ operation }) => !named.has(operation))
    .map(({ operation, errors }) =>
      [
        `INVALID ${labelOf(operation)} is not valid for the schema:`,
        ...errors.map(({ message }) => `    ${message}`),
      ].join('\n'),
    );
  return [
    ...broken,
    ...rejected,
    ...deprecations.map((problem) => `DEPRECATION ${problem}`),
    ...(broken.length + rejected.length > 0 ? [remedy] : []),
  ];
}

/** Changes that are reported and do not fail the check. */
export function notesOf({ unused, dangerous }) {
  return [
    ...unused.map(({ message }) => `unused     ${message} (breaking, but no known client uses it)`),
    ...dangerous.map(({ message }) => `dangerous  ${message}`),
  ];
}

function labelOf({ client, name, isCurrent }) {
  return `${client} ${name}${isCurrent ? '' : ' (as of the last release)'}`;
}

/** An element in a fragment can have many places: the first three are enough to find it. */
function placesText(places) {
  const shown = places.slice(0, 3).map((place) => (place === '' ? 'the root' : place));
  const others = places.length - shown.length;
  return `${shown.join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}
