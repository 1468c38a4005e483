import {
  defaultFieldResolver,
  defaultTypeResolver,
  getArgumentValues,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLResolveInfo,
  locatedError,
} from 'graphql';
import { inspect } from 'graphql/jsutils/inspect';
import { addPath, type Path, pathToArray } from 'graphql/jsutils/Path';
import type { Completion, OperationShape, SelectedField } from './selection';

/** One execution of an operation. */
export interface Execution {
  readonly shape: OperationShape;
  readonly contextValue: unknown;
  readonly variableValues: { [variable: string]: unknown };
  addError(error: GraphQLError, path: Path | undefined): void;
}

/**
 * The functions of this file follow those of graphql-js 16 (execution/execute.js) step by step, so
 * that data, errors and their order are the same. They omit the lookups that depend only on the
 * document and the schema, and the paths of leaf fields without a resolver.
 *
 * @throws GraphQLError if a field that must not be null is null
 */
export function executeFields(
  execution: Execution,
  fields: readonly SelectedField[],
  source: unknown,
  path: Path | undefined,
): unknown {
  const results: Record<string, unknown> = {};
  let hasPromise = false;
  try {
    for (const field of fields) {
      const result = field.isProperty
        ? readProperty(execution, field, source, path)
        : resolveField(execution, field, source, path);
      results[field.responseName] = result;
      if (isPromise(result)) hasPromise = true;
    }
  } catch (error) {
    if (!hasPromise) throw error;
    // Other fields may fail later, which must not cause an unhandled rejection.
    return allOf(results).finally(() => {
      throw error;
    });
  }
  return hasPromise ? allOf(results) : results;
}

async function allOf(results: Record<string, unknown>): Promise<Record<string, unknown>> {
  const values = await Promise.all(Object.values(results));
  return Object.fromEntries(Object.keys(results).map((name, index) => [name, values[index]]));
}

/** Reads the property of a field without a resolver, like `defaultFieldResolver` of graphql-js. */
function readProperty(
  execution: Execution,
  field: SelectedField,
  source: unknown,
  parentPath: Path | undefined,
): unknown {
  const { completion, definition } = field;
  const hasProperties = (typeof source === 'object' && source !== null) || typeof source === 'function';
  let value: unknown;
  try {
    value = hasProperties ? (source as Record<string, unknown>)[definition.name] : undefined;
    if (completion.kind === 'leaf' && typeof value !== 'function' && !isPromise(value))
      return complete(execution, { field }, completion, undefined, value);
  } catch (error) {
    return failField(execution, field, pathOf(field, parentPath), error);
  }
  if (typeof value === 'function') return resolveField(execution, field, source, parentPath);
  return completeField(execution, { field }, pathOf(field, parentPath), value);
}

function resolveField(
  execution: Execution,
  field: SelectedField,
  source: unknown,
  parentPath: Path | undefined,
): unknown {
  const { definition, nodes } = field;
  const path = pathOf(field, parentPath);
  const info = resolveInfo(execution, field, path);
  let result: unknown;
  try {
    const args = getArgumentValues(definition, nodes[0]!, execution.variableValues);
    const resolve = definition.resolve ?? defaultFieldResolver;
    result = resolve(source, args, execution.contextValue, info);
  } catch (error) {
    return failField(execution, field, path, error);
  }
  return completeField(execution, { field, info }, path, result);
}

/** The field whose value is completed. A field without a resolver has no `info`. */
interface Origin {
  readonly field: SelectedField;
  readonly info?: GraphQLResolveInfo;
}

function completeField(execution: Execution, origin: Origin, path: Path, result: unknown): unknown {
  const { field } = origin;
  try {
    const completed = isPromise(result)
      ? result.then((value) => complete(execution, origin, field.completion, path, value))
      : complete(execution, origin, field.completion, path, result);
    if (!isPromise(completed)) return completed;
    return completed.then(undefined, (error: unknown) => failField(execution, field, path, error));
  } catch (error) {
    return failField(execution, field, path, error);
  }
}

function failField(execution: Execution, field: SelectedField, path: Path, error: unknown): null {
  return fail(execution, field.nodes, field.isNullable, path, error);
}

/** @throws GraphQLError if null is not allowed at the path */
function fail(
  execution: Execution,
  nodes: SelectedField['nodes'],
  isNullable: boolean,
  path: Path,
  rawError: unknown,
): null {
  const error = locatedError(rawError, nodes, pathToArray(path));
  if (!isNullable) throw error;
  execution.addError(error, path);
  return null;
}

/** @param path of the value; not needed for a leaf */
function complete(
  execution: Execution,
  origin: Origin,
  completion: Completion,
  path: Path | undefined,
  value: unknown,
): unknown {
  if (value instanceof Error) throw value;
  if (value === null || value === undefined) {
    if (completion.isNullable) return null;
    const { parentType, definition } = origin.field;
    throw new Error(`Cannot return null for non-nullable field ${parentType.name}.${definition.name}.`);
  }
  switch (completion.kind) {
    case 'leaf':
      return serialize(completion.type, value);
    case 'list':
      return completeList(execution, origin, completion.item, path, value);
    case 'object':
      return executeFields(execution, completion.fields(), value, path);
    case 'abstract':
      return completeAbstract(execution, origin, completion, path, value);
  }
}

function serialize(type: GraphQLLeafType, value: unknown): unknown {
  const serialized: unknown = type.serialize(value);
  if (serialized !== null && serialized !== undefined) return serialized;
  throw new Error(
    `Expected \`${inspect(type)}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${inspect(serialized)}`,
  );
}

function completeList(
  execution: Execution,
  origin: Origin,
  item: Completion,
  path: Path | undefined,
  list: unknown,
): unknown {
  const { parentType, definition } = origin.field;
  if (!isIterable(list)) {
    const place = `${parentType.name}.${definition.name}`;
    throw new GraphQLError(`Expected Iterable, but did not find one for field "${place}".`);
  }
  const items: unknown[] = [];
  let hasPromise = false;
  try {
    for (const value of list) {
      const itemPath = addPath(path, items.length, undefined);
      const completed = completeItem(execution, origin, item, itemPath, value);
      if (isPromise(completed)) hasPromise = true;
      items.push(completed);
    }
  } catch (error) {
    // In graphql-js, a later failure of another item is an unhandled rejection.
    if (hasPromise) Promise.all(items).catch(() => undefined);
    throw error;
  }
  return hasPromise ? Promise.all(items) : items;
}

function completeItem(
  execution: Execution,
  origin: Origin,
  item: Completion,
  path: Path,
  value: unknown,
): unknown {
  const { nodes } = origin.field;
  try {
    const completed = isPromise(value)
      ? value.then((resolved) => complete(execution, origin, item, path, resolved))
      : complete(execution, origin, item, path, value);
    if (!isPromise(completed)) return completed;
    return completed.then(undefined, (error: unknown) =>
      fail(execution, nodes, item.isNullable, path, error),
    );
  } catch (error) {
    return fail(execution, nodes, item.isNullable, path, error);
  }
}

function completeAbstract(
  execution: Execution,
  origin: Origin,
  completion: Extract<Completion, { kind: 'abstract' }>,
  path: Path | undefined,
  value: unknown,
): unknown {
  const { type, fieldsOf } = completion;
  const resolveType = type.resolveType ?? defaultTypeResolver;
  const info = origin.info ?? resolveInfo(execution, origin.field, path);
  const completeAs = (typeName: unknown) => {
    const fields = typeof typeName === 'string' ? fieldsOf(typeName) : undefined;
    if (fields) return executeFields(execution, fields, value, path);
    throw new Error(`${type.name} was resolved to ${inspect(typeName)}, which is none of its types.`);
  };
  const typeName: unknown = resolveType(value, execution.contextValue, info, type);
  return isPromise(typeName) ? typeName.then(completeAs) : completeAs(typeName);
}

function resolveInfo(
  { shape, variableValues }: Execution,
  { definition, nodes, parentType }: SelectedField,
  path: Path | undefined,
): GraphQLResolveInfo {
  return {
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType,
    path: path as Path,
    schema: shape.schema,
    fragments: shape.fragments,
    rootValue: undefined,
    operation: shape.operation,
    variableValues,
  };
}

const pathOf = ({ responseName, parentType }: SelectedField, parent: Path | undefined) =>
  addPath(parent, responseName, parentType.name);

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
