import {
  BREAK,
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  getVariableValues,
  type GraphQLError,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql';
import type { Path } from 'graphql/jsutils/Path';
import { executeFields, type Execution } from './execute-fields';
import { type OperationShape, selectionOfRoot } from './selection';

type Variables = Readonly<Record<string, unknown>>;

/** A query whose fields are collected once instead of at each execution. */
export interface CompiledQuery {
  /**
   * Executes the query like graphql-js, with the same data and errors.
   *
   * @returns undefined if the variables are invalid: nothing was executed
   */
  execute(
    contextValue: unknown,
    variables: Variables | null | undefined,
  ): Promise<ExecutionResult> | ExecutionResult | undefined;
}

/**
 * @returns undefined if graphql-js must execute the operation: a mutation, `@skip` or `@include`,
 * introspection
 */
export function compileQuery(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledQuery | undefined {
  const type = schema.getQueryType();
  if (operation.operation !== OperationTypeNode.QUERY || !type) return undefined;
  if (hasTypePredicates(schema) || !isCompilable(document)) return undefined;
  const shape: OperationShape = { schema, operation, fragments: fragmentsOf(document) };
  const fields = selectionOfRoot(shape, type);
  return {
    execute(contextValue, variables) {
      const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
      if (!coerced.coerced) return undefined;
      const collected = new CollectedErrors();
      const execution: Execution = {
        ...{ shape, contextValue, variableValues: coerced.coerced },
        addError: (error, path) => collected.add(error, path),
      };
      const respond = (data: unknown): ExecutionResult => {
        const { errors } = collected;
        const found = data as Record<string, unknown> | null;
        return errors.length === 0 ? { data: found } : { errors, data: found };
      };
      const fail = (error: unknown) => {
        collected.add(error as GraphQLError, undefined);
        return respond(null);
      };
      try {
        const data = executeFields(execution, fields, undefined, undefined);
        return data instanceof Promise ? data.then(respond, fail) : respond(data);
      } catch (error) {
        return fail(error);
      }
    },
  };
}

/** Errors of an execution, except those below a position that is null because of another error. */
class CollectedErrors {
  readonly errors: GraphQLError[] = [];
  private readonly positions = new Set<Path | undefined>();

  add(error: GraphQLError, path: Path | undefined): void {
    if (this.isNulled(path)) return;
    this.positions.add(path);
    this.errors.push(error);
  }

  private isNulled(start: Path | undefined): boolean {
    if (this.positions.size === 0) return false;
    for (let path = start; path !== undefined; path = path.prev) if (this.positions.has(path)) return true;
    return this.positions.has(undefined);
  }
}

function fragmentsOf({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment]));
}

function hasTypePredicates(schema: GraphQLSchema): boolean {
  return Object.values(schema.getTypeMap()).some((type) => isObjectType(type) && type.isTypeOf);
}

/** The selected fields must not depend on variables, and no response name may be `__proto__`. */
function isCompilable(document: DocumentNode): boolean {
  let isPossible = true;
  const refuse = () => {
    isPossible = false;
    return BREAK;
  };
  visit(document, {
    Directive: ({ name }) => (name.value === 'skip' || name.value === 'include' ? refuse() : undefined),
    Field({ name, alias }) {
      const isIntrospection = name.value.startsWith('__') && name.value !== '__typename';
      return isIntrospection || alias?.value === '__proto__' ? refuse() : undefined;
    },
  });
  return isPossible;
}
