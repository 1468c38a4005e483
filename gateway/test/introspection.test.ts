import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { graphql } from '@shop/testkit/http';
import {
  buildSchema,
  getIntrospectionQuery,
  getNamedType,
  graphqlSync,
  type GraphQLObjectType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { useLocalGateway } from './local-gateway';

const apiSchema = buildSchema(readFileSync(join(__dirname, '..', 'api-schema.graphql'), 'utf8'));
// The introspection types of graphql-js, not those of the query planner.
const introspectionTypes = apiSchema.getTypeMap();

/** Every field of an introspection type with every argument; objects by their own scalars. */
function allFields(typeName: string): string {
  const type = introspectionTypes[typeName] as GraphQLObjectType;
  return Object.values(type.getFields())
    .map((field) => {
      const args = field.args.length > 0 ? '(includeDeprecated: true)' : '';
      const value = getNamedType(field.type);
      return `${field.name}${args}${isObjectType(value) ? ` { ${scalarFields(value)} }` : ''}`;
    })
    .join(' ');
}

function scalarFields(type: GraphQLObjectType): string {
  const scalars = Object.values(type.getFields()).filter(({ type: value }) =>
    isLeafType(getNamedType(value)),
  );
  return ['__typename', ...scalars.map(({ name }) => name)].join(' ');
}

/** Where each introspection type is found in the schema. */
const places: Record<string, (fields: string) => string> = {
  __Schema: (fields) => `{ __schema { ${fields} } }`,
  __Type: (fields) => `{ __schema { types { ${fields} } } }`,
  '__Type of a field': (fields) =>
    `{ __schema { types { fields(includeDeprecated: true) { type { ${fields} ofType { ${fields} } } } } } }`,
  __Field: (fields) => `{ __schema { types { fields(includeDeprecated: true) { ${fields} } } } }`,
  '__InputValue of a field': (fields) =>
    `{ __schema { types { fields { args(includeDeprecated: true) { ${fields} } } } } }`,
  '__InputValue of an input': (fields) =>
    `{ __schema { types { inputFields(includeDeprecated: true) { ${fields} } } } }`,
  __EnumValue: (fields) => `{ __schema { types { enumValues(includeDeprecated: true) { ${fields} } } } }`,
  __Directive: (fields) => `{ __schema { directives(includeDeprecated: true) { ${fields} } } }`,
};

/** Sorts lists, because the order of types and directives has no meaning. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(ordered).sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, ordered(inside)]));
}

describe('introspection', () => {
  const local = useLocalGateway();

  async function expectSameAsGraphqlJs(source: string): Promise<void> {
    const { status, body } = await graphql(local.url)(source);
    const expected = graphqlSync({ schema: apiSchema, source });
    expect(expected.errors).toBeUndefined();
    expect({ status, ...body, data: ordered(body.data) }).toEqual({
      ...{ status: 200, data: ordered(JSON.parse(JSON.stringify(expected.data))) },
    });
    expect(local.logged).not.toHaveBeenCalled();
  }

  it.each(Object.entries(places))('returns every field of %s as graphql-js does', (place, query) =>
    expectSameAsGraphqlJs(query(allFields(place.split(' ')[0] ?? ''))),
  );

  it('returns the standard query with all options as graphql-js does', () =>
    expectSameAsGraphqlJs(
      getIntrospectionQuery({
        descriptions: true,
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        schemaDescription: true,
        inputValueDeprecation: true,
        oneOf: true,
      }),
    ));

  it.each([
    ['null', 'an object', 'Product'],
    ['null', 'a scalar', 'DateTime'],
    ['null', 'an enum', 'OrderStatus'],
    ['null', 'an interface', 'Problem'],
    ['false', 'an input', 'ProductFilter'],
  ])('isOneOf is %s for %s', async (expected, _kind, name) => {
    const query = 'query ($name: String!) { __type(name: $name) { isOneOf } }';
    const { body } = await graphql(local.url)<{ __type: object }>(query, { variables: { name } });
    expect(body).toEqual({ data: { __type: { isOneOf: JSON.parse(expected) as unknown } } });
  });

  it.each([
    ['{ __type(name: "Nothing") { name } }', { __type: null }],
    ['{ __type(name: "_Entity") { name } }', { __type: null }],
    [
      '{ __schema { __typename } a: __type(name: "Role") { kind } }',
      { __schema: { __typename: '__Schema' }, a: { kind: 'ENUM' } },
    ],
    ['{ __typename __schema @skip(if: true) { __typename } }', { __typename: 'Query' }],
  ])('returns %s', async (query, data) => {
    expect((await graphql(local.url)(query)).body).toEqual({ data });
  });
});
