import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, isInputObjectType, isNonNullType, isObjectType } from 'graphql';

const root = join(__dirname, '../..');
const contract = buildSchema(readFileSync(join(__dirname, 'api.graphql'), 'utf8'));
const composed = buildSchema(readFileSync(join(root, 'gateway/api-schema.graphql'), 'utf8'));

function fieldOf(typeName: string, fieldName: string) {
  const type = composed.getType(typeName);
  return isObjectType(type) ? type.getFields()[fieldName] : undefined;
}

describe('the composed API schema', () => {
  test('has no breaking change against the contract', async () => {
    const changes = await diff(contract, composed);

    const breaking = changes.filter((change) => change.criticality.level === CriticalityLevel.Breaking);
    expect(breaking.map((change) => change.message)).toEqual([]);
  });

  test('keeps every default value of the contract', async () => {
    const changes = await diff(contract, composed);

    const defaults = changes.filter((change) => /DEFAULT/.test(change.type) && change.meta);
    expect(defaults.map((change) => change.message)).toEqual([]);
  });

  test('has the nullability of the contract', () => {
    const differing = Object.values(contract.getTypeMap())
      .filter((type) => isObjectType(type))
      .filter((type) => !type.name.startsWith('__'))
      .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
      .map(({ type, field }) => ({
        name: `${type.name}.${field.name}`,
        expected: String(field.type),
        actual: String(fieldOf(type.name, field.name)?.type),
      }))
      .filter(({ expected, actual }) => expected !== actual);

    expect(differing).toEqual([]);
  });

  test('makes every root field nullable, so that a failed one does not affect the others', () => {
    const roots = [composed.getQueryType(), composed.getMutationType()];
    const nonNull = roots
      .flatMap((type) => Object.values(type?.getFields() ?? {}))
      .filter((field) => isNonNullType(field.type));

    expect(nonNull.map((field) => field.name)).toEqual([]);
  });

  test('contains no internal operation', () => {
    const operations = Object.keys(composed.getMutationType()?.getFields() ?? {});

    for (const internal of [
      'reserveStock',
      'commitStock',
      'commitStocks',
      'releaseStock',
      'createPaymentIntent',
      'refundPayment',
    ]) {
      expect(operations).not.toContain(internal);
    }
  });

  test('describes every type, field and input field', () => {
    const undescribed = Object.values(composed.getTypeMap())
      .filter(
        (type) =>
          !type.name.startsWith('__') && !/^(Query|Mutation|String|Int|Float|Boolean|ID)$/.test(type.name),
      )
      .flatMap((type) => [
        ...(type.description ? [] : [type.name]),
        ...(isObjectType(type) || isInputObjectType(type)
          ? Object.values(type.getFields())
              .filter((field) => !field.description)
              .map((field) => `${type.name}.${field.name}`)
          : []),
      ]);

    expect(undescribed).toEqual([]);
  });
});
