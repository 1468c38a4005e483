import type { ApolloServerPlugin } from '@apollo/server';
import type { Logger } from '@shop/kit/logger';
import { type ASTVisitor, GraphQLError, type GraphQLFormattedError, type ValidationContext } from 'graphql';
import type { GatewayContext } from '../context';
import { internalError, withTraceId } from './format-error';

type Plugin = ApolloServerPlugin<GatewayContext>;

/** Rejects an unknown operationName with 400; with a gateway, Apollo Server responds with 500. */
export function rejectUnknownOperation(): Plugin {
  return {
    async requestDidStart({ request: { operationName }, request }) {
      // GraphQL over HTTP: an empty string is the same as no operationName.
      if (operationName === '') delete request.operationName;
      return {
        async didResolveOperation({ operation }) {
          if (operation) return;
          const message = operationName
            ? `The document has no operation named "${operationName}".`
            : 'The document has several operations: name one of them in operationName.';
          throw new GraphQLError(message, {
            extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } },
          });
        },
      };
    },
  };
}

/**
 * Reports a null in a non-nullable field, or a value that does not fit its type, as an error.
 * @apollo/gateway reports it only in the extension `valueCompletion`, so clients could not
 * distinguish the resulting null from a value.
 */
export function reportSchemaViolations(logger: Logger): Plugin {
  return {
    requestDidStart: async () => ({
      async willSendResponse({ response: { body } }) {
        if (body.kind === 'single') replaceViolations(body.singleResult, logger);
      },
    }),
  };
}

/** The result of an operation in the response. */
export interface ShownResult {
  data?: Readonly<Record<string, unknown>> | null | undefined;
  errors?: readonly GraphQLFormattedError[] | undefined;
  extensions?: Record<string, unknown> | undefined;
}

/** Moves schema violations from the extension to the errors; see `reportSchemaViolations`. */
export function replaceViolations(result: ShownResult, logger: Logger): void {
  const violations = removeValueCompletion(result);
  if (violations.length === 0) return;
  logger.error('subgraph response violates the schema', { reasons: violations.map(reasonOf) });
  result.errors = violations.map(({ path }) => withTraceId(internalError(path)));
}

/** Without values: the message of graphql-js about a value that does not fit quotes it. */
function reasonOf({ message, path = [] }: GraphQLFormattedError): string {
  if (/^Cannot return null for non-nullable field [\w.]+$/.test(message)) return message;
  return `The value at ${path.join('.')} does not fit its type`;
}

function removeValueCompletion({ extensions }: ShownResult): readonly GraphQLFormattedError[] {
  if (!extensions || !('valueCompletion' in extensions)) return [];
  const { valueCompletion } = extensions;
  delete extensions['valueCompletion'];
  return valueCompletion as readonly GraphQLFormattedError[];
}

/** graphql-js validates `subscription { __typename }` without a Subscription type, then throws. */
export function rootTypeRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (context.getSchema().getRootType(node.operation)) return;
      const message = `The schema has no ${node.operation} type: send a query or a mutation.`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}
