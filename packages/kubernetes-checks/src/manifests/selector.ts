import type { Labels } from './kubernetes-object';

/** A LabelSelector, or `matchLabels` alone, as a Service has it. */
export interface LabelSelector {
  matchLabels?: Labels;
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
}

/** An empty selector selects everything. */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((expression) => matches(expression, labels))
  );
}

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

/** @throws Error for an operator that Kubernetes does not have */
function matches({ key, operator, values = [] }: Expression, labels: Labels): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      throw new Error(
        `"${operator}" is no operator of a label selector: use In, NotIn, Exists or DoesNotExist`,
      );
  }
}
