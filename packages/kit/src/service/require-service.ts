import { AppError } from '../errors';
import type { SubgraphContext } from './subgraph-context';

/**
 * Guards an internal operation. Name the callers that need it; never the gateway, because it passes on what
 * clients ask.
 *
 * @throws AppError forbidden
 */
export function requireService(context: SubgraphContext, callers: readonly string[]): void {
  if (!callers.includes(context.caller)) {
    throw new AppError('forbidden', 'This operation is for services of the platform only.');
  }
}
