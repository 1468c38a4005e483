import type { GraphQLFormattedError } from 'graphql';

type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** The limit of graphql-js, which does not export it (OverlappingFieldsCanBeMergedRule.js). */
const maximumComparisons = 500_000;

/** Replaces the message "Validation aborted." of graphql-js by one that names the limit. */
export function explainAbortedValidation(format: FormatError): FormatError {
  return (formatted, error) => {
    if (formatted.message !== 'Validation aborted.') return format(formatted, error);
    const message = `The operation repeats fields so often that comparing them takes more than ${maximumComparisons} steps, which is the limit: select each field once.`;
    return format({ ...formatted, message }, error);
  };
}
