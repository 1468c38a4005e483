// Finds what an operation uses of a schema.
import { getNamedType, isEnumType, isInputObjectType, isUnionType, Kind, typeFromAST, visit } from 'graphql';

/**
 * Elements of the schema that the operations of a document use, each with its places in the document:
 * response paths (`products.nodes.price`) or, for input, variables (`$input.items`).
 *
 * Elements are named `Type`, `Type.field`, `Type.field.argument`, `@directive`, `Enum.VALUE` for a
 * value that is sent, `Enum.*` for a field with any value, and `Union|Member` for a fragment on a
 * member. Of an input type in a variable, everything counts as used, because the document does not
 * show what the client sends. Elements that the schema does not have are omitted.
 *
 * @returns {Map<string, Set<string>>}
 */
export function usageOf(schema, document) {
  const usage = new Map();
  const use = (element, place) => usage.set(element, (usage.get(element) ?? new Set()).add(place));
  const fragments = new Map(
    document.definitions
      .filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
      .map((definition) => [definition.name.value, definition]),
  );

  /** `enclosing`: names of the fragments around the selections; a cycle of them is invalid. */
  function useSelections({ selections }, parent, path, enclosing) {
    use(parent.name, path);
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) useField(selection, parent, path, enclosing);
      else useFragment(selection, parent, path, enclosing);
    }
  }

  function useField({ name, alias, arguments: given, selectionSet }, parent, path, enclosing) {
    const field = parent.getFields?.()[name.value];
    if (!field) return;
    const place = [path, (alias ?? name).value].filter(Boolean).join('.');
    const element = `${parent.name}.${field.name}`;
    const type = getNamedType(field.type);
    use(element, place);
    use(type.name, place);
    if (isEnumType(type)) use(`${type.name}.*`, place);
    for (const argument of given) {
      const definition = field.args.find((candidate) => candidate.name === argument.name.value);
      if (!definition) continue;
      use(`${element}.${definition.name}`, place);
      useValue(argument.value, getNamedType(definition.type), place);
    }
    if (selectionSet) useSelections(selectionSet, type, place, enclosing);
  }

  function useFragment(selection, parent, path, enclosing) {
    const name = selection.name?.value;
    const fragment = name === undefined ? selection : fragments.get(name);
    if (!fragment || enclosing.includes(name)) return;
    const condition = fragment.typeCondition?.name.value ?? parent.name;
    const type = schema.getType(condition);
    if (!type) return;
    if (isUnionType(parent)) use(`${parent.name}|${condition}`, path);
    useSelections(fragment.selectionSet, type, path, name === undefined ? enclosing : [...enclosing, name]);
  }

  /** A literal; what its variables contain is found at their definitions. */
  function useValue(value, type, place) {
    if (value.kind === Kind.LIST) return value.values.forEach((item) => useValue(item, type, place));
    if (value.kind === Kind.ENUM) use(`${type.name}.${value.value}`, place);
    if (value.kind !== Kind.VARIABLE) use(type.name, place);
    if (value.kind !== Kind.OBJECT || !isInputObjectType(type)) return undefined;
    for (const { name, value: inner } of value.fields) {
      const field = type.getFields()[name.value];
      if (!field) continue;
      use(`${type.name}.${field.name}`, place);
      useValue(inner, getNamedType(field.type), place);
    }
    return undefined;
  }

  /** Everything that a variable of this type can contain. */
  function useInput(type, place, enclosing) {
    use(type.name, place);
    if (isEnumType(type)) for (const { name } of type.getValues()) use(`${type.name}.${name}`, place);
    if (!isInputObjectType(type) || enclosing.includes(type.name)) return;
    for (const field of Object.values(type.getFields())) {
      use(`${type.name}.${field.name}`, `${place}.${field.name}`);
      useInput(getNamedType(field.type), `${place}.${field.name}`, [...enclosing, type.name]);
    }
  }

  visit(document, { Directive: ({ name }) => use(`@${name.value}`, `@${name.value}`) });
  for (const operation of document.definitions) {
    if (operation.kind !== Kind.OPERATION_DEFINITION) continue;
    const root = schema.getRootType(operation.operation);
    if (root) useSelections(operation.selectionSet, root, '', []);
    for (const { variable, type: node } of operation.variableDefinitions) {
      const type = typeFromAST(schema, node);
      if (type) useInput(getNamedType(type), `$${variable.name.value}`, []);
    }
  }
  return usage;
}
