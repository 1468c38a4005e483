import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import { graphqlCodeOf } from '@shop/kit/errors';
import type { Logger } from '@shop/kit/logger';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../context';

type Plugin = ApolloServerPlugin<GatewayContext>;

/** With a gateway, Apollo Server lets an unknown operationName run into HTTP 500; it is the request that is wrong. */
export function refuseUnknownOperation(): Plugin {
  return {
    requestDidStart({ request: { operationName }, request }) {
      // GraphQL over HTTP: an empty string is the same as no operationName.
      if (operationName === '') delete request.operationName;
      return Promise.resolve({
        didResolveOperation({ operation }) {
          if (operation) return Promise.resolve();
          const message = operationName
            ? `The document has no operation named "${operationName}".`
            : 'The document has several operations: name one of them in operationName.';
          throw new GraphQLError(message, {
            extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } },
          });
        },
      });
    },
  };
}

/**
 * A null where the schema promises a value is an error. @apollo/gateway reports it in an extension only, so that a
 * client would take the null above it for an answer.
 */
export function reportBrokenPromises(logger: Logger): Plugin {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse(request) {
          const broken = takeValueCompletion(request);
          if (broken.length === 0) return Promise.resolve();
          logger.error('subgraphs broke the schema', { reasons: broken.map(reasonOf) });
          const { body } = request.response;
          if (body.kind === 'single')
            body.singleResult.errors = broken.map((error) => masked(error, request));
          return Promise.resolve();
        },
      }),
  };
}

/** Names the field. What graphql-js says of a value that does not fit quotes it, and it may be anything. */
function reasonOf({ message, path = [] }: GraphQLFormattedError): string {
  if (/^Cannot return null for non-nullable field [\w.]+$/.test(message)) return message;
  return `A value does not fit at ${path.join('.')}`;
}

function takeValueCompletion({
  response: { body },
}: GraphQLRequestContextWillSendResponse<GatewayContext>): readonly GraphQLFormattedError[] {
  const extensions = body.kind === 'single' ? body.singleResult.extensions : undefined;
  if (!extensions || !('valueCompletion' in extensions)) return [];
  const { valueCompletion } = extensions;
  delete extensions['valueCompletion'];
  return valueCompletion as readonly GraphQLFormattedError[];
}

function masked({ path }: GraphQLFormattedError, { contextValue }: { contextValue: GatewayContext }) {
  return {
    message: 'Internal error.',
    ...(path ? { path } : {}),
    extensions: { code: graphqlCodeOf('internal'), requestId: contextValue.requestId },
  };
}
