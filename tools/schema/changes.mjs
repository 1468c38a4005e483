// Compares the API schema with that of the last release, and finds the operations that would break.
import { diff } from '@graphql-inspector/core';
import { validate } from 'graphql';
import { removalDateOf } from './deprecations.mjs';
import { usageOf } from './operation-usage.mjs';

/**
 * @param {object} input
 * @param {import('graphql').GraphQLSchema} input.released
 * @param {import('graphql').GraphQLSchema} input.current
 * @param {Awaited<ReturnType<import('./known-operations.mjs').readKnownOperations>>} input.operations
 * @param {string} input.today YYYY-MM-DD, in UTC
 * @returns `breaking`: changes that break a known operation (`users`), or whose users cannot be
 *   determined, or that remove a deprecated element before its date (`keptUntil`); `unused`: the
 *   other breaking changes; `dangerous` and `safe` changes; `invalid`: operations that the current
 *   schema rejects, except operations of the last release that a breaking change lists
 */
export async function compareSchemas({ released, current, operations, today }) {
  const changes = (await diff(released, current)).filter((change) => !isRepeated(change));
  const ofLevel = (level) => changes.filter(({ criticality }) => criticality.level === level);
  const usages = operations.map((operation) => ({
    operation,
    usage: usageOf(released, operation.document),
  }));
  const examined = ofLevel('BREAKING').map((change) => ({ change, ...effectOf(change, usages, today) }));
  const breaking = examined.filter(
    ({ users, isUndetermined, keptUntil }) => users.length > 0 || isUndetermined || keptUntil,
  );
  const named = new Set(breaking.flatMap(({ users }) => users.map(({ operation }) => operation)));
  return {
    breaking,
    unused: examined.filter((one) => !breaking.includes(one)).map(({ change }) => change),
    dangerous: ofLevel('DANGEROUS'),
    safe: ofLevel('NON_BREAKING'),
    invalid: operations
      .filter((operation) => operation.isCurrent || !named.has(operation))
      .map((operation) => ({ operation, errors: validate(current, operation.document) }))
      .filter(({ errors }) => errors.length > 0),
  };

  function effectOf(change, all, date) {
    const elements = elementsOf(change);
    const kept = removalDateOf(deprecationOf(released, change));
    return {
      isUndetermined: elements === undefined,
      users: all
        .map(({ operation, usage }) => ({
          operation,
          places: (elements ?? []).flatMap((element) => [...(usage.get(element) ?? [])]),
        }))
        .filter(({ places }) => places.length > 0),
      keptUntil: kept !== undefined && date <= kept ? kept : undefined,
    };
  }
}

/** graphql-inspector reports deprecations of fields and enum values twice: also as directives. */
function isRepeated({ type, meta }) {
  const directive = meta.addedDirectiveName ?? meta.removedDirectiveName ?? meta.directiveName;
  return (
    /^DIRECTIVE_USAGE_(FIELD_DEFINITION|ENUM_VALUE|ARGUMENT)_(ADDED|REMOVED)$/.test(type) &&
    directive === 'deprecated'
  );
}

/**
 * Elements whose users a breaking change breaks, named as in `usageOf`; undefined if the change is of
 * another kind. Clients that read an enum may depend on each value, unless it was deprecated.
 */
function elementsOf({ type, meta }) {
  switch (type) {
    case 'FIELD_REMOVED':
      return [`${meta.typeName}.${meta.removedFieldName}`];
    case 'FIELD_TYPE_CHANGED':
    case 'FIELD_ARGUMENT_ADDED':
      return [`${meta.typeName}.${meta.fieldName}`];
    case 'FIELD_ARGUMENT_REMOVED':
      return [`${meta.typeName}.${meta.fieldName}.${meta.removedFieldArgumentName}`];
    case 'FIELD_ARGUMENT_TYPE_CHANGED':
      return becameRequired(meta.oldArgumentType, meta.newArgumentType)
        ? [`${meta.typeName}.${meta.fieldName}`]
        : [`${meta.typeName}.${meta.fieldName}.${meta.argumentName}`];
    case 'INPUT_FIELD_REMOVED':
      return [`${meta.inputName}.${meta.removedFieldName}`];
    case 'INPUT_FIELD_ADDED':
      return [meta.inputName];
    case 'INPUT_FIELD_TYPE_CHANGED':
      return becameRequired(meta.oldInputFieldType, meta.newInputFieldType)
        ? [meta.inputName]
        : [`${meta.inputName}.${meta.inputFieldName}`];
    case 'ENUM_VALUE_REMOVED':
      return [
        `${meta.enumName}.${meta.removedEnumValueName}`,
        ...(meta.isEnumValueDeprecated ? [] : [`${meta.enumName}.*`]),
      ];
    case 'UNION_MEMBER_REMOVED':
      return [`${meta.unionName}|${meta.removedUnionMemberTypeName}`];
    case 'OBJECT_TYPE_INTERFACE_REMOVED':
      return [meta.removedInterfaceName];
    case 'TYPE_REMOVED':
      return [meta.removedTypeName];
    case 'TYPE_KIND_CHANGED':
      return [meta.typeName];
    case 'SCHEMA_QUERY_TYPE_CHANGED':
      return [meta.oldQueryTypeName];
    case 'SCHEMA_MUTATION_TYPE_CHANGED':
      return [meta.oldMutationTypeName];
    case 'DIRECTIVE_REMOVED':
      return [`@${meta.removedDirectiveName}`];
    default:
      return undefined;
  }
}

function becameRequired(before, after) {
  return !before.endsWith('!') && after.endsWith('!');
}

/** The reason for which the removed element was deprecated in the last release. */
function deprecationOf(schema, { type, meta }) {
  const fieldsOf = (name) => schema.getType(name)?.getFields?.() ?? {};
  switch (type) {
    case 'FIELD_REMOVED':
      return fieldsOf(meta.typeName)[meta.removedFieldName]?.deprecationReason;
    case 'FIELD_ARGUMENT_REMOVED':
      return fieldsOf(meta.typeName)[meta.fieldName]?.args.find(
        ({ name }) => name === meta.removedFieldArgumentName,
      )?.deprecationReason;
    case 'INPUT_FIELD_REMOVED':
      return fieldsOf(meta.inputName)[meta.removedFieldName]?.deprecationReason;
    case 'ENUM_VALUE_REMOVED':
      return schema.getType(meta.enumName)?.getValue(meta.removedEnumValueName)?.deprecationReason;
    default:
      return undefined;
  }
}
