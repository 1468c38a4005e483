import type { ObjectType, Operation } from '@apollo/federation-internals';
import { type Conditions, NotCompilable } from './collect-fields';
import type { JsonObject } from './json-object';
import { ProjectionSource } from './projection-source';

/**
 * Copies what an operation selects from fetched data.
 *
 * @returns undefined if a value does not fit its type
 */
export type Projection = (fetched: JsonObject) => JsonObject | undefined;

/** Thrown by compiled projections. Has no stack, which would cost more than a projection. */
const unexpected = Object.freeze({ message: 'A value does not fit its type.' });

type CompiledProjection = (fetched: JsonObject) => JsonObject;

/** @returns undefined if the operation cannot be compiled */
export function compileProjection(operation: Operation, conditions: Conditions): Projection | undefined {
  const project = compile(operation, conditions);
  if (!project) return undefined;
  return (fetched) => {
    try {
      return project(fetched);
    } catch (error) {
      if (error === unexpected) return undefined;
      throw error;
    }
  };
}

function compile(operation: Operation, conditions: Conditions): CompiledProjection | undefined {
  const rootType = operation.schema().schemaDefinition.rootType(operation.rootKind) as ObjectType;
  const source = new ProjectionSource(conditions);
  try {
    const body = source.bodyOf(rootType, operation.selectionSet);
    // The source is ours: names of clients are in it as string literals only.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const create = new Function('unexpected', 'enums', body) as (
      ...args: [typeof unexpected, ProjectionSource['enums']]
    ) => CompiledProjection;
    return create(unexpected, source.enums);
  } catch (error) {
    if (error instanceof NotCompilable) return undefined;
    throw error;
  }
}
