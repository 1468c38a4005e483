import { GraphQLError, type GraphQLFormattedError } from 'graphql';

export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Formatted errors, with the status and headers that they set in the HTTP response. */
export interface FormattedErrors {
  errors: GraphQLFormattedError[];
  status: number | undefined;
  headers: ReadonlyMap<string, string>;
}

/** Formats the errors of an executed operation as Apollo Server does. */
export function formatErrors(errors: readonly unknown[], formatError: FormatError): FormattedErrors {
  let status: number | undefined;
  const headers = new Map<string, string>();
  const formatted = errors.map((thrown) => {
    const error = asGraphqlError(thrown);
    const { http, ...others } = error.extensions;
    const extensions = { ...others, code: others['code'] ?? 'INTERNAL_SERVER_ERROR' };
    if (isHttpHead(http)) {
      status = http.status || status;
      for (const [name, value] of http.headers ?? []) headers.set(name, value);
    }
    return formatError({ ...error.toJSON(), extensions }, thrown);
  });
  return { errors: formatted, status, headers };
}

function asGraphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  if (error instanceof Error) return new GraphQLError(error.message, { originalError: error });
  return new GraphQLError(`Unexpected error value: ${String(error)}`);
}

function isHttpHead(http: unknown): http is { status?: number; headers?: ReadonlyMap<string, string> } {
  if (typeof http !== 'object' || http === null) return false;
  // An error of a subgraph can have a JSON extension of this name.
  if ('headers' in http && !(http.headers instanceof Map)) return false;
  return !('status' in http) || typeof http.status === 'number';
}
