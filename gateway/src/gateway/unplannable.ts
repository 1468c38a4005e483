import type { ApolloServerOptions } from '@apollo/server';
import type { Logger } from '@shop/kit/logger';
import { GraphQLError } from 'graphql';
import type { GatewayContext } from '../context';
import type { SupergraphVersion } from './supergraph-version';

type Gateway = NonNullable<ApolloServerOptions<GatewayContext>['gateway']>;
type Executor = SupergraphVersion['execute'];

/** Longer than any that a person gives. */
const longestName = 100;

/**
 * An operation that the query planner does not take, although it is valid for the schema, is refused as the client's: nothing was executed,
 * and only another operation helps. Errors that have a status already are passed on.
 */
export function refuseUnplannable(gateway: Gateway, logger: Logger): Gateway {
  const refusing =
    (execute: Executor): Executor =>
    async (request) => {
      try {
        return await execute(request);
      } catch (error) {
        const { budget } = request.context as unknown as GatewayContext;
        if (budget.hasBegun || hasStatus(error)) throw error;
        logger.warn('query planner refused an operation', {
          operation: request.operationName?.slice(0, longestName),
          ...placeOf(error),
        });
        return { errors: [unplannable()] };
      }
    };
  return {
    load: async (options) => ({ executor: refusing((await gateway.load(options)).executor as Executor) }),
    onSchemaLoadOrUpdate: (listener) => gateway.onSchemaLoadOrUpdate(listener),
    stop: () => gateway.stop(),
  };
}

function hasStatus(error: unknown): boolean {
  return error instanceof GraphQLError && error.extensions['http'] !== undefined;
}

/** Not its message: it quotes the operation, with the values in it. */
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
    'The gateway cannot plan this operation, although it is valid: ask for less at once, or with fewer fragments and directives.';
  return new GraphQLError(message, {
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } },
  });
}
