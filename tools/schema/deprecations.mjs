// Deprecations: a reason and a removal date.
import { getLocation, Kind, visit } from 'graphql';

/** The last sentence of every reason, for example `Remove after 2027-03-01.` */
const removalSentence = /(?:^|\s)Remove after (\d{4}-\d{2}-\d{2})\.$/;

export const deprecationFormat = '@deprecated(reason: "Use `other`. Remove after 2027-03-01.")';

/**
 * The last day on which a deprecated element is kept, as YYYY-MM-DD.
 *
 * @param {string | null | undefined} reason
 * @returns {string | undefined} undefined if the reason has no valid date
 */
export function removalDateOf(reason) {
  const date = removalSentence.exec(reason ?? '')?.[1];
  const time = Date.parse(`${date}T00:00:00Z`);
  // Date.parse accepts 2027-02-30, as the 2nd of March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date) ? date : undefined;
}

/** Deprecations of a subgraph's schema without a reason or a removal date, each with file and line. */
export function deprecationProblems(document) {
  const problems = [];
  visit(document, {
    Directive({ name, arguments: given, loc }) {
      if (name.value !== 'deprecated') return;
      const value = given.find((argument) => argument.name.value === 'reason')?.value;
      const reason = value?.kind === Kind.STRING ? value.value.trim() : '';
      const explanation = reason.replace(removalSentence, '');
      if (explanation && removalDateOf(reason)) return;
      const { line, column } = getLocation(loc.source, loc.start);
      const missing = explanation ? 'removal date' : 'reason';
      problems.push(
        `${loc.source.name}:${line}:${column} The deprecation has no ${missing}: ${JSON.stringify(reason)}. Write ${deprecationFormat}`,
      );
    },
  });
  return problems;
}
