import type { ApolloServerOptions } from '@apollo/server';
import type { Logger } from '@shop/kit/logger';
import { GraphQLError } from 'graphql';
import type { GatewayContext } from '../context';
import type { SupergraphVersion } from './supergraph-version';

type Gateway = NonNullable<ApolloServerOptions<GatewayContext>['gateway']>;
type Executor = SupergraphVersion['execute'];

/** Maximum length of an operation name in a log entry. */
const longestName = 100;

/**
 * Reports an operation that is valid for the schema but rejected by the query planner as a client
 * error: nothing was executed, and the client must change the operation. Errors that already have
 * a status are passed on.
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
