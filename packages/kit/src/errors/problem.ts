import type { ErrorCode } from './error-registry';
import { errorRegistry } from './error-registry';

/** The most fields or errors that one answer names: more help no client, and a small request would have a large answer. */
export const maximumNamedErrors = 20;

/** The fields of the graph's `Problem` interface; without a message the registry's meaning is used. */
export function problem<Code extends ErrorCode>(
  code: Code,
  message?: string,
): { code: Code; message: string } {
  return { code, message: message ?? errorRegistry[code].meaning };
}
