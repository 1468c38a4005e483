import { isDeepStrictEqual } from 'node:util';
import type { HttpResponse, GraphqlBody } from '@shop/testkit/http';

/** What of an answer, and of the shop, a row is about. */
export interface Watched {
  /** The asker does not send it: an answer that holds it shows what the row is about. */
  shown?: string;
  /** What the row may change: read before and after. */
  state?: () => Promise<unknown>;
}

/**
 * Asks once, and says in the words of the tables what came of it: the answer's own word, `shows` when it holds what is watched,
 * `changes` when the state is another one afterwards. So a refusal that has an effect, or tells too much, is no refusal.
 */
export async function observe<Body>(
  { shown, state }: Watched,
  ask: () => Promise<HttpResponse<Body>>,
  wordOf: (response: HttpResponse<Body>) => string,
): Promise<string> {
  const before = await state?.();
  const response = await ask();
  const after = await state?.();
  const isShown = shown !== undefined && JSON.stringify(response.body).includes(shown);
  const effects = [...(isShown ? ['shows'] : []), ...(isDeepStrictEqual(before, after) ? [] : ['changes'])];
  const word = wordOf(response);
  return [...(word === 'answers' && effects.length > 0 ? [] : [word]), ...effects].join(' ');
}

/** The error's code, after the HTTP status where that is not 200; else what became of the field that the query calls `result`. */
export function graphWord({ status, body }: HttpResponse<GraphqlBody<{ result: unknown }>>): string {
  const [error] = body.errors ?? [];
  const code = error && textOf(error.extensions?.['code']);
  if (status !== 200) return `${status} ${code}`;
  return code ?? valueWord(body.data?.result);
}

function textOf(code: unknown): string {
  return typeof code === 'string' ? code : 'an error without a code';
}

function valueWord(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value === false) return 'false';
  // `_entities` answers a list, and is asked for one.
  if (Array.isArray(value)) return valueWord(value[0]);
  if (typeof value === 'object' && 'code' in value) return textOf(value.code);
  return 'answers';
}

/** HTTP status, and the code of a problem. */
export function httpWord({ status, body }: HttpResponse<unknown>): string {
  const code = status >= 400 ? codeOf(body) : undefined;
  return code === undefined ? String(status) : `${status} ${code}`;
}

function codeOf(body: unknown): string | undefined {
  const { code, errors } = Object(body) as { code?: string; errors?: { extensions?: { code?: string } }[] };
  return code ?? errors?.[0]?.extensions?.code;
}
