import type { ApolloServerOptions } from '@apollo/server';
import { maximumNamedErrors } from '@shop/kit/errors';
import { getVariableValues, GraphQLError } from 'graphql';
import type { GatewayContext } from '../context';

type Gateway = NonNullable<ApolloServerOptions<GatewayContext>['gateway']>;
type Executor = Awaited<ReturnType<Gateway['load']>>['executor'];
type ExecutedRequest = Parameters<NonNullable<Executor>>[0];

/** Of a list or an object anywhere in the variables, before any of them is looked at. No argument takes as many. */
const maximumItems = 1_000;

/**
 * Refuses variables that do not fit before @apollo/gateway looks at them, because it makes an error of each wrong element or unknown
 * field, without an end. Here the first 20 end it.
 */
export function withVariableLimits(gateway: Gateway): Gateway {
  return {
    load: async (options) => {
      const { executor } = await gateway.load(options);
      return {
        executor:
          executor &&
          ((request) => {
            const errors = variableErrors(request);
            return errors.length > 0 ? Promise.resolve({ errors }) : executor(request);
          }),
      };
    },
    onSchemaLoadOrUpdate: (listener) => gateway.onSchemaLoadOrUpdate(listener),
    stop: () => gateway.stop(),
  };
}

function variableErrors({ schema, operation, request }: ExecutedRequest): readonly GraphQLError[] {
  const { variableDefinitions = [] } = operation;
  const variables = request.variables ?? {};
  if (variableDefinitions.length === 0) return [];
  const tooLong = findLongValue(variables);
  if (tooLong !== undefined) return [tooLong];
  const { errors = [] } = getVariableValues(schema, variableDefinitions, variables, {
    maxErrors: maximumNamedErrors,
  });
  // graphql-js adds one more to say that it has stopped.
  return errors.slice(0, maximumNamedErrors);
}

/** Without recursion: a body may nest its lists as deep as it is long. */
function findLongValue(variables: Readonly<Record<string, unknown>>): GraphQLError | undefined {
  const waiting = Object.entries(variables);
  for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
    const [name, value] = entry;
    if (typeof value !== 'object' || value === null) continue;
    const items = Object.values(value) as unknown[];
    if (items.length > maximumItems) return tooManyItems(name, items.length);
    for (const inner of items) waiting.push([name, inner]);
  }
  return undefined;
}

function tooManyItems(name: string, length: number): GraphQLError {
  const message = `Variable "$${name}" has a value of ${length} elements or fields, and ${maximumItems} is the limit.`;
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
}
