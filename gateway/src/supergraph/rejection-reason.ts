import { GraphQLError } from 'graphql';

/** Why a supergraph is rejected, in one line: code, place, message. */
export function whyRefused(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(whyRefused).join('; ');
  if (error instanceof GraphQLError) {
    const { code } = error.extensions;
    const place = error.locations?.[0];
    return [
      ...(typeof code === 'string' ? [`${code}:`] : []),
      ...(place ? [`line ${place.line}, column ${place.column}:`] : []),
      error.message,
    ].join(' ');
  }
  return error instanceof Error ? error.message : String(error);
}
