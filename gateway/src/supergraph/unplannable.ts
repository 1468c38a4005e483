import type { Logger } from '@shop/kit/logger';
import { counter } from '@shop/kit/metrics';
import { GraphQLError } from 'graphql';
import type { GatewayContext } from '../context';
import type { Executor } from '../subgraphs/error-paths';

/** Clients can send a name that is as long as a document. */
const longestLoggedName = 100;

const rejections = counter({
  name: 'graphql_unplannable_operations_total',
  help: 'Valid operations of clients that the query planner rejected.',
});

/**
 * Rejects valid operations that the query planner cannot plan with 400: nothing was executed, and
 * only a different operation helps. Errors that have an HTTP status are passed on.
 *
 * @param execute the executor of @apollo/gateway, without wrappers, whose exceptions are our errors
 */
export function rejectUnplannable(execute: Executor, logger: Logger): Executor {
  return async (request) => {
    try {
      return await execute(request);
    } catch (error) {
      const { budget } = request.context as unknown as GatewayContext;
      if (budget.hasCalledSubgraph || hasStatus(error)) throw error;
      rejections.inc();
      logger.warn('query planner rejected an operation', {
        operation: (request.operationName ?? '').slice(0, longestLoggedName),
        ...sourceOf(error),
      });
      return { errors: [unplannable()] };
    }
  };
}

function hasStatus(error: unknown): boolean {
  return error instanceof GraphQLError && error.extensions['http'] !== undefined;
}

/** The message is not logged: it quotes the operation, including values. */
function sourceOf(error: unknown): object {
  if (!(error instanceof Error)) return {};
  const at = error.stack
    ?.split('\n')
    .find((line) => /^\s+at /.test(line))
    ?.trim();
  return { error: error.name, at };
}

function unplannable(): GraphQLError {
  const message =
    'The gateway cannot plan this operation, although it is valid: select fewer fields, or use fewer fragments and directives.';
  return new GraphQLError(message, {
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } },
  });
}
