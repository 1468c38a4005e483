import type { ErrorCode } from './error-registry';
import { errorRegistry } from './error-registry';

/** Maximum fields or errors named in a response, so that a small request gets no large one. */
export const maximumNamedErrors = 20;

/**
 * The fields of the graph's `Problem` interface; without a message the registry's meaning is used.
 */
export function problem<Code extends ErrorCode>(
  code: Code,
  message?: string,
): { code: Code; message: string } {
  return { code, message: message ?? errorRegistry[code].meaning };
}
