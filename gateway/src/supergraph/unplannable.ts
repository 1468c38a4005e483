import type { ApolloGateway } from '@apollo/gateway';
import type { Logger } from '@shop/kit/logger';
import { counter } from '@shop/kit/metrics';
import { GraphQLError } from 'graphql';
import type { GatewayContext } from '../context';
import { shownName } from '../persisted/shown-name';

type Execute = Awaited<ReturnType<ApolloGateway['load']>>['executor'];

/**
 * An operation that the query planner does not take, although it is valid for the schema, is refused as the client's: nothing was executed,
 * and only another operation helps. Errors that have a status already are passed on.
 *
 * @param execute of @apollo/gateway itself: what our own code around it throws is no refusal
 */
export function refuseUnplannable(execute: Execute, logger: Logger): Execute {
  const refused = counter({
    name: 'graphql_unplannable_operations_total',
    help: 'Valid operations of clients that the query planner refused.',
  });
  return async (request) => {
    try {
      return await execute(request);
    } catch (error) {
      const { budget } = request.context as unknown as GatewayContext;
      if (budget.hasBegun || hasStatus(error)) throw error;
      refused.inc();
      logger.warn('query planner refused an operation', {
        operation: shownName(request.operationName ?? ''),
        ...placeOf(error),
      });
      return { errors: [unplannable()] };
    }
  };
}

function hasStatus(error: unknown): boolean {
  return error instanceof GraphQLError && error.extensions['http'] !== undefined;
}

/** The message is not logged: it quotes the operation, including values. */
function placeOf(error: unknown): object {
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
