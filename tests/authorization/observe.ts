import { isDeepStrictEqual } from 'node:util';
import type { HttpResponse, GraphqlBody } from '@shop/testkit/http';

export interface Observed {
  /** A value of the owner's data that the request does not contain. */
  marker?: string;
  /** Reads the state that the request can change. Called before and after the request. */
  state?: () => Promise<unknown>;
}

/**
 * Sends a request once and returns its outcome: that of the response, `reads` if the body contains
 * the marker, and `writes` if the state has changed.
 */
export async function observe<Body>(
  { marker, state }: Observed,
  send: () => Promise<HttpResponse<Body>>,
  outcomeOf: (response: HttpResponse<Body>) => string,
): Promise<string> {
  const before = await state?.();
  const response = await send();
  const after = await state?.();
  const isRead = marker !== undefined && JSON.stringify(response.body).includes(marker);
  const effects = [...(isRead ? ['reads'] : []), ...(isDeepStrictEqual(before, after) ? [] : ['writes'])];
  const outcome = outcomeOf(response);
  return [...(outcome === 'allowed' && effects.length > 0 ? [] : [outcome]), ...effects].join(' ');
}

/** The error code, after the HTTP status unless that is 200; else the outcome of `result`. */
export function graphqlOutcome({ status, body }: HttpResponse<GraphqlBody<{ result: unknown }>>): string {
  const [error] = body.errors ?? [];
  const code = error && textOf(error.extensions?.['code']);
  if (status !== 200) return `${status} ${code}`;
  return code ?? valueOutcome(body.data?.result);
}

function textOf(code: unknown): string {
  return typeof code === 'string' ? code : 'an error without a code';
}

function valueOutcome(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value === false) return 'false';
  // `_entities` returns a list of one entity.
  if (Array.isArray(value)) return valueOutcome(value[0]);
  if (typeof value === 'object' && 'code' in value) return textOf(value.code);
  return 'allowed';
}

/** The HTTP status, and the code of a problem. */
export function httpOutcome({ status, body }: HttpResponse<unknown>): string {
  const code = status >= 400 ? codeOf(body) : undefined;
  return code === undefined ? String(status) : `${status} ${code}`;
}

function codeOf(body: unknown): string | undefined {
  const { code, errors } = Object(body) as { code?: string; errors?: { extensions?: { code?: string } }[] };
  return code ?? errors?.[0]?.extensions?.code;
}
