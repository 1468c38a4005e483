import type { GraphQLFormattedError } from 'graphql';

type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Of graphql-js, which does not export it (OverlappingFieldsCanBeMergedRule.js). */
const maximumComparisons = 500_000;

/** graphql-js says "Validation aborted." where the fields of one response name take too many steps to compare: this says why. */
export function explainAbortedValidation(format: FormatError): FormatError {
  return (formatted, error) => {
    if (formatted.message !== 'Validation aborted.') return format(formatted, error);
    const message = `The operation repeats fields so often that comparing them takes more than ${maximumComparisons} steps, which is the limit: ask for each field once.`;
    return format({ ...formatted, message }, error);
  };
}
