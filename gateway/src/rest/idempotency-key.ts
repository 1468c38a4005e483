import { isIdempotencyKey } from '@shop/kit/idempotency';
import { RestProblem } from './problem';

/**
 * The header Idempotency-Key, as a structured-field string ("…", draft-ietf-httpapi-idempotency-key-header) or bare, as many
 * clients send it.
 *
 * @throws RestProblem bad_request when it is not 1 to 128 printable ASCII characters
 */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = typeof header === 'string' ? unquote(header) : '';
  if (isIdempotencyKey(key)) return key;
  throw new RestProblem('bad_request', 'Idempotency-Key must be 1 to 128 printable ASCII characters.');
}

function unquote(header: string): string {
  const quoted = /^"(.*)"$/.exec(header)?.[1];
  return quoted === undefined ? header : quoted.replace(/\\(["\\])/g, '$1');
}
