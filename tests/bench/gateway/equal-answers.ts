import { isDeepStrictEqual } from 'node:util';
import type { Candidate } from './candidates';
import type { MeasuredOperation } from './operations';

/**
 * Sends the operation to each gateway.
 *
 * @returns the bytes of the first gateway's response
 * @throws Error if a response has errors, or other data than that of the first gateway
 */
export async function checkAnswers(
  candidates: readonly Candidate[],
  { name, query, variables }: MeasuredOperation,
  headers: Record<string, string>,
): Promise<number> {
  const body = JSON.stringify({ query, variables });
  const responses = await Promise.all(
    candidates.map(async ({ name: gateway, url }) => {
      const response = await fetch(url, {
        ...{ method: 'POST', body },
        headers: { 'content-type': 'application/json', ...headers },
      });
      const text = await response.text();
      const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: unknown };
      if (response.status !== 200 || !data || errors)
        throw new Error(`${gateway} does not answer "${name}": ${response.status} ${text.slice(0, 500)}`);
      return { gateway, text, data };
    }),
  );
  const [first] = responses as [(typeof responses)[number]];
  for (const { gateway, text, data } of responses) {
    if (!isDeepStrictEqual(data, first.data))
      throw new Error(
        `The answers to "${name}" differ. ${first.gateway}: ${first.text.slice(0, 500)} ${gateway}: ${text.slice(0, 500)}`,
      );
  }
  return Buffer.byteLength(first.text);
}
