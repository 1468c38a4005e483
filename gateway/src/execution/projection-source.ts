import {
  type CompositeType,
  isCompositeType,
  isCustomScalarType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isUnionType,
  type ObjectType,
  type SelectionSet,
  type Type,
} from '@apollo/federation-internals';
import { collectFields, type CollectedField, type Conditions, NotCompilable } from './collect-fields';

/** Source code of more fields than this costs more to compile than it saves. */
const maximumFields = 5_000;

/**
 * Writes JavaScript that copies the selected fields of fetched objects, and throws `unexpected` if
 * a value does not fit its type. Names of the schema and of the client are in it as string literals
 * only.
 */
export class ProjectionSource {
  /** Allowed values of enum types, which the source refers to by index. */
  readonly enums: ReadonlySet<unknown>[] = [];
  private readonly functions: string[] = [];
  /** Names of the functions, by type and selections. */
  private readonly written = new Map<string, string>();
  private readonly selectionSetIds = new Map<SelectionSet, number>();
  private fieldCount = 0;
  private variableCount = 0;

  constructor(private readonly conditions: Conditions) {}

  /** Body of a function with the parameters `unexpected` and `enums`, which returns the projection. */
  bodyOf(rootType: ObjectType, selectionSet: SelectionSet): string {
    const root = this.objectFunction(rootType, [selectionSet], true);
    return [`'use strict';`, ...this.functions, `return ${root};`].join('\n');
  }

  private compositeFunction(type: CompositeType, selectionSets: readonly SelectionSet[]): string {
    const key = `${type.name} ${selectionSets.map((one) => this.idOf(one)).join()}`;
    const known = this.written.get(key);
    if (known) return known;
    const name = isObjectType(type)
      ? this.objectFunction(type, selectionSets, false)
      : this.abstractFunction(type, selectionSets);
    this.written.set(key, name);
    return name;
  }

  private abstractFunction(
    type: Exclude<CompositeType, ObjectType>,
    selectionSets: readonly SelectionSet[],
  ): string {
    const types = isUnionType(type) ? type.types() : type.possibleRuntimeTypes();
    const cases = types.map(
      (one) => `case ${literal(one.name)}: return ${this.compositeFunction(one, selectionSets)}(object);`,
    );
    return this.addFunction(`switch (object.__typename) { ${cases.join(' ')} default: throw unexpected; }`);
  }

  private objectFunction(type: ObjectType, selectionSets: readonly SelectionSet[], isRoot: boolean): string {
    const { fields, dependsOnTypename } = collectFields(selectionSets, type, this.conditions);
    this.fieldCount += fields.length;
    if (this.fieldCount > maximumFields) throw new NotCompilable(`More than ${maximumFields} fields.`);
    const needsTypename =
      !isRoot && (dependsOnTypename || fields.some(({ definition }) => definition.name === '__typename'));
    const properties: string[] = [];
    const statements = fields.map((field) => {
      const variable = this.newVariable();
      // Without brackets, `__proto__` would set the prototype.
      properties.push(`[${literal(field.responseName)}]: ${variable}`);
      return this.fieldStatement(field, type, variable);
    });
    return this.addFunction(
      [
        isRoot ? '' : typenameCheck(type, needsTypename),
        ...statements,
        `return { ${properties.join(', ')} };`,
      ].join('\n'),
    );
  }

  private fieldStatement(
    { responseName, definition, selectionSets }: CollectedField,
    parent: ObjectType,
    variable: string,
  ): string {
    const read = `let ${variable} = ${propertyOf(responseName)};`;
    if (definition.name !== '__typename')
      return `${read} ${this.completion(definition.type as Type, variable, selectionSets)}`;
    const typename = literal(parent.name);
    return `${read} if (${variable} === undefined || ${variable} === null) ${variable} = ${typename}; else if (${variable} !== ${typename}) throw unexpected;`;
  }

  /** Statements that check the value of a variable and replace it by its projection. */
  private completion(type: Type, variable: string, selectionSets: readonly SelectionSet[]): string {
    const isMissing = `${variable} === undefined || ${variable} === null`;
    if (isNonNullType(type))
      return `if (${isMissing}) throw unexpected; ${this.present(type.ofType as Type, variable, selectionSets)}`;
    return `if (${isMissing}) ${variable} = null; else { ${this.present(type, variable, selectionSets)} }`;
  }

  private present(type: Type, variable: string, selectionSets: readonly SelectionSet[]): string {
    if (isListType(type)) return this.listStatements(type.ofType as Type, variable, selectionSets);
    if (isCompositeType(type))
      return `if (typeof ${variable} !== 'object') throw unexpected; ${variable} = ${this.compositeFunction(type, selectionSets)}(${variable});`;
    const check = this.leafCheck(type, variable);
    return check ? `if (!(${check})) throw unexpected;` : '';
  }

  private listStatements(type: Type, variable: string, selectionSets: readonly SelectionSet[]): string {
    const [list, index, element] = [this.newVariable(), this.newVariable(), this.newVariable()];
    return [
      `if (!Array.isArray(${variable})) throw unexpected;`,
      `const ${list} = new Array(${variable}.length);`,
      `for (let ${index} = 0; ${index} < ${variable}.length; ${index} += 1) {`,
      `let ${element} = ${variable}[${index}];`,
      this.completion(type, element, selectionSets),
      `${list}[${index}] = ${element};`,
      `}`,
      `${variable} = ${list};`,
    ].join('\n');
  }

  /** An expression that is true for valid values of a scalar or enum; '' if all are. */
  private leafCheck(type: Type, variable: string): string {
    if (isEnumType(type)) {
      this.enums.push(new Set(type.values.map(({ name }) => name)));
      return `enums[${this.enums.length - 1}].has(${variable})`;
    }
    if (!isScalarType(type)) throw new NotCompilable(`${String(type)} is no output type.`);
    if (isCustomScalarType(type)) return '';
    switch (type.name) {
      case 'Int':
        return `Number.isSafeInteger(${variable})`;
      case 'Float':
        return `Number.isFinite(${variable})`;
      case 'Boolean':
        return `typeof ${variable} === 'boolean'`;
      default:
        return `typeof ${variable} === 'string'`;
    }
  }

  private addFunction(body: string): string {
    const name = `project${this.functions.length}`;
    this.functions.push(`function ${name}(object) {\n${body}\n}`);
    return name;
  }

  private newVariable(): string {
    this.variableCount += 1;
    return `v${this.variableCount}`;
  }

  private idOf(selectionSet: SelectionSet): number {
    const id = this.selectionSetIds.get(selectionSet) ?? this.selectionSetIds.size;
    this.selectionSetIds.set(selectionSet, id);
    return id;
  }
}

const literal = (name: string) => JSON.stringify(name);

function propertyOf(name: string): string {
  const property = `object[${literal(name)}]`;
  return name in Object.prototype ? `Object.hasOwn(object, ${literal(name)}) ? ${property} : null` : property;
}

function typenameCheck(type: ObjectType, isRequired: boolean): string {
  const differs = `object.__typename !== ${literal(type.name)}`;
  return `if (${isRequired ? '' : 'object.__typename !== undefined && '}${differs}) throw unexpected;`;
}
