import { AppError } from '../errors';
import type { SubgraphContext } from './subgraph-context';

/**
 * Restricts an internal operation to `callers`. Never include the gateway, because it forwards
 * requests of clients.
 *
 * @throws AppError forbidden
 */
export function requireService(context: SubgraphContext, callers: readonly string[]): void {
  if (!callers.includes(context.caller)) {
    throw new AppError(
      'forbidden',
      'This operation is internal: the calling service is not allowed to use it.',
    );
  }
}
