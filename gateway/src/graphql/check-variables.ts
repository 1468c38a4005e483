import type { ApolloServerPlugin } from '@apollo/server';
import { maximumNamedErrors } from '@shop/kit/errors';
import {
  type DocumentNode,
  getVariableValues,
  GraphQLError,
  type GraphQLSchema,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  ValidationContext,
} from 'graphql';
import type { GatewayContext } from '../context';
import type { OperationRequest } from '../limits/operation-cost';
import { withTraceId } from './format-error';

/** Of a list or object anywhere in the variables. No argument of the schema accepts as many. */
const maximumVariableItems = 1_000;

/** Rejects invalid variables before the cost, the plan or subgraph requests depend on them. */
export function checkVariables(options: VariableOptions): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      let others: readonly GraphQLError[] = [];
      return {
        async didResolveOperation({ schema, document, operation, request }) {
          // rejectUnknownOperation reports the error.
          if (!operation) return;
          const variables = request.variables ?? {};
          const errors = variableErrors({ schema, document, operation, variables }, options);
          const [first, ...rest] = errors.map(badUserInput);
          if (!first) return;
          others = rest;
          throw first;
        },
        // A hook can throw only one error.
        async willSendResponse({ response: { body } }) {
          if (others.length === 0 || body.kind !== 'single') return;
          const extensions = { code: 'BAD_USER_INPUT' };
          const shown = others.map((error) => withTraceId({ ...error.toJSON(), extensions }));
          body.singleResult.errors = [...(body.singleResult.errors ?? []), ...shown];
        },
      };
    },
  };
}

function badUserInput({ message, nodes }: GraphQLError): GraphQLError {
  const extensions = { code: 'BAD_USER_INPUT', http: { status: 400 } };
  return new GraphQLError(message, { ...(nodes ? { nodes } : {}), extensions });
}

interface VariableOptions {
  /** Suggestions of graphql-js would reveal the schema when introspection is disabled. */
  hideSuggestions: boolean;
}

/** The errors of an operation's variables, without a code. */
export function variableErrors(
  { schema, document, operation, variables }: OperationRequest,
  { hideSuggestions }: VariableOptions,
): readonly GraphQLError[] {
  const { variableDefinitions = [] } = operation;
  if (variableDefinitions.length === 0) return [];
  const oversized = oversizedVariable(variables);
  if (oversized) return [oversized];
  const { errors } = getVariableValues(schema, variableDefinitions, variables, {
    maxErrors: maximumNamedErrors,
    hideSuggestions,
  });
  // Above the maximum, graphql-js adds an error without a variable name.
  if (errors) return errors.slice(0, maximumNamedErrors);
  return variableDefinitions.flatMap((definition) => {
    const name = definition.variable.name.value;
    if (variables[name] !== null) return [];
    const position = nonNullPositions(schema, document, operation).get(name);
    const message = `Variable "$${name}" must not be null: it is used where the type is "${position}".`;
    return position ? [new GraphQLError(message, { nodes: definition })] : [];
  });
}

/** Keyed by document, because Apollo Server caches documents. */
const known = new WeakMap<OperationDefinitionNode, ReadonlyMap<string, string>>();

/**
 * Nullable variables that are used where null is not allowed. A default value makes this valid, but
 * a client can still send an explicit null
 * (https://spec.graphql.org/October2021/#sec-All-Variable-Usages-are-Allowed).
 */
function nonNullPositions(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): ReadonlyMap<string, string> {
  const found = known.get(operation);
  if (found) return found;
  const nullable = new Set(
    (operation.variableDefinitions ?? [])
      .filter(({ type }) => type.kind !== Kind.NON_NULL_TYPE)
      .map(({ variable }) => variable.name.value),
  );
  const context = new ValidationContext(schema, document, new TypeInfo(schema), () => undefined);
  const positions = new Map(
    context
      .getRecursiveVariableUsages(operation)
      .filter(({ node, type }) => nullable.has(node.name.value) && isNonNullType(type))
      .map(({ node, type }) => [node.name.value, String(type)] as const),
  );
  known.set(operation, positions);
  return positions;
}

/**
 * The error of the first variable with a list or object above the limit, else undefined. Iterative,
 * because deeply nested lists would overflow the stack.
 */
function oversizedVariable(variables: Readonly<Record<string, unknown>>): GraphQLError | undefined {
  const waiting = Object.entries(variables);
  for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
    const [name, value] = entry;
    if (typeof value !== 'object' || value === null) continue;
    const items = Object.values(value) as unknown[];
    if (items.length > maximumVariableItems) return tooManyItems(name, items.length);
    for (const inner of items) waiting.push([name, inner]);
  }
  return undefined;
}

function tooManyItems(name: string, length: number): GraphQLError {
  return new GraphQLError(
    `Variable "$${name}" has a value of ${length} elements or fields, and ${maximumVariableItems} is the limit.`,
  );
}
