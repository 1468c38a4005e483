import { parser } from '@prometheus-io/lezer-promql';

/**
 * Names of the metrics that a PromQL expression selects. Dashboard variables are replaced first,
 * because the grammar does not know them.
 *
 * @throws Error if the expression cannot be parsed
 */
export function metricNamesIn(expr: string): Set<string> {
  const text = expr.replaceAll('$__rate_interval', '1m');
  const names = new Set<string>();
  let isInvalid = false;
  parser.parse(text).iterate({
    enter({ type, from, to, node }) {
      isInvalid ||= type.isError;
      if (type.name === 'Identifier' && node.parent?.type.name === 'VectorSelector')
        names.add(text.slice(from, to));
    },
  });
  if (isInvalid) throw new Error(`not PromQL: ${expr}`);
  return names;
}

/** The metric of a series of a histogram, or the name itself. */
export const familyOf = (name: string): string => name.replace(/_(bucket|count|sum)$/, '');
