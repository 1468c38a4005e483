import type { Schema } from '@apollo/federation-internals';
import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { isSubtype } from '@apollo/federation-internals';
import { isJsonObject, type JsonObject, mergeInto, ownValue } from './json-object';

/**
 * Reads the representation of an entity: its key fields and required fields.
 *
 * @returns null if a field is missing, because the fetch that returns it has failed
 */
export type ReadRepresentation = (entity: JsonObject) => JsonObject | null;

type AddSelection = (entity: JsonObject, representation: JsonObject) => boolean;

/** Compiles the `requires` of a fetch. `supergraph` is not the API schema, which may lack types. */
export function compileRepresentation(
  selections: readonly QueryPlanSelectionNode[],
  supergraph: Schema,
): ReadRepresentation {
  const additions = selections.map((selection) => compileSelection(selection, supergraph));
  return (entity) => {
    const representation: JsonObject = {};
    return additions.every((add) => add(entity, representation)) ? representation : null;
  };
}

function compileSelection(selection: QueryPlanSelectionNode, supergraph: Schema): AddSelection {
  if (selection.kind === 'InlineFragment') {
    const { typeCondition, selections } = selection;
    if (!typeCondition) return () => true;
    return compileFragment(typeCondition, compileRepresentation(selections, supergraph), supergraph);
  }
  const responseName = selection.alias ?? selection.name;
  const read = selection.selections && compileRepresentation(selection.selections, supergraph);
  return (entity, representation) => {
    const value = ownValue(entity, responseName);
    if (value === undefined) return false;
    representation[responseName] = read ? readNested(value, read) : value;
    return true;
  };
}

/** A fragment of another type, or with a missing field, adds nothing. */
function compileFragment(typeCondition: string, read: ReadRepresentation, supergraph: Schema): AddSelection {
  const typenames = subtypesOf(typeCondition, supergraph);
  return (entity, representation) => {
    if (!typenames.has(ownValue(entity, '__typename'))) return true;
    const added = read(entity);
    if (added) mergeInto(representation, added);
    return true;
  };
}

function readNested(value: unknown, read: ReadRepresentation): unknown {
  if (Array.isArray(value)) return value.map((element) => readNested(element, read));
  return isJsonObject(value) ? read(value) : value;
}

/** The names of a type, and of all object and interface types below it. */
function subtypesOf(name: string, supergraph: Schema): ReadonlySet<unknown> {
  const type = supergraph.type(name);
  if (!type) return new Set([name]);
  const below = [...supergraph.objectTypes(), ...supergraph.interfaceTypes()].filter((one) =>
    isSubtype(type, one),
  );
  return new Set([name, ...below.map((one) => one.name)]);
}
