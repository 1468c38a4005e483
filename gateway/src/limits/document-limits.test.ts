import { buildSchema, getIntrospectionQuery, getOperationAST, parse, validate } from 'graphql';
import { documentLimits } from './document-limits';
import { DocumentMeasure } from './document-size';

const schema = buildSchema(`
  type Node { id: ID  next: Node }
  type Query { node: Node }
  type Mutation { login: ID  register: ID  changePassword: ID  refreshSession: ID  logout: ID }
`);
const rule = documentLimits({
  GRAPHQL_MAX_SELECTIONS: 12,
  GRAPHQL_MAX_DEPTH: 4,
  GRAPHQL_MAX_ALIASES: 3,
  GRAPHQL_MAX_ROOT_FIELDS: 2,
  GRAPHQL_MAX_DIRECTIVES: 2,
});
const messagesOf = (query: string) => validate(schema, parse(query), [rule]).map(({ message }) => message);

/** A fragment that doubles the next one, `levels` times. */
const doubling = (levels: number, last: string) =>
  Array.from(
    { length: levels },
    (_, level) => `fragment F${level} on Query { ...F${level + 1} ...F${level + 1} }`,
  ).join(' ') + ` fragment F${levels} on Query { ${last} }`;

describe('documentLimits', () => {
  it.each([
    '{ node { next { next { id } } } }',
    '{ a: node { b: id c: id } }',
    '{ node { id } other: node { id } }',
    '{ node @skip(if: false) { id @include(if: true) } }',
    'mutation { login logout }',
    // graphql-js limits the depth of introspection.
    '{ __schema { types { fields { type { ofType { ofType { name } } } } } } }',
    '{ node { ...A ...A } } fragment A on Node { id next { next { id } } }',
  ])('accepts an operation within the limits: %s', (query) => {
    expect(messagesOf(query)).toEqual([]);
  });

  it.each([
    ['{ node { next { next { next { id } } } } }', 'The operation is 5 fields deep, and 4 is the limit.'],
    [
      '{ ...A } fragment A on Query { node { ...B } } fragment B on Node { next { next { next { id } } } }',
      'The operation is 5 fields deep, and 4 is the limit.',
    ],
    ['{ node { a: id b: id c: id d: id } }', 'The operation has 4 aliases, and 3 is the limit.'],
    [
      '{ __schema { types { a: name b: name c: name d: name } } }',
      'The operation has 4 aliases, and 3 is the limit.',
    ],
    [
      '{ node { ...A ...A ...A } } fragment A on Node { id next { id } }',
      'The operation has 13 selections with its fragments expanded, and 12 is the limit.',
    ],
    [
      '{ node { ...A ... on Node { ...A } ... @include(if: true) { ...A } } } fragment A on Node { id next { id } }',
      'The operation has 15 selections with its fragments expanded, and 12 is the limit.',
    ],
    [
      '{ __schema { types { ...A ...A ...A ...A } } } fragment A on __Type { name kind }',
      'The operation has 14 selections with its fragments expanded, and 12 is the limit.',
    ],
    ['{ node { id } node { id } node { id } }', 'The operation has 3 root fields, and 2 is the limit.'],
    [
      '{ node @skip(if: false) @skip(if: false) { id @skip(if: false) } }',
      'The operation has 3 directives, and 2 is the limit.',
    ],
    [
      'query @skip(if: false) @skip(if: false) @skip(if: false) { node { id } }',
      'The operation has 3 directives, and 2 is the limit.',
    ],
    [
      'mutation { changePassword refreshSession }',
      'The operation has 2 of the fields login, register, changePassword and refreshSession, and 1 is the limit.',
    ],
    [
      'mutation { login register }',
      'The operation has 2 of the fields login, register, changePassword and refreshSession, and 1 is the limit.',
    ],
  ])('rejects an operation above a limit with the limit and its value: %s', (query, message) => {
    expect(messagesOf(query)).toEqual([message]);
  });

  it('measures expanded fragments without expanding them', () => {
    const [selections, rootFields, ...others] = messagesOf(`{ ...F0 } ${doubling(100, 'node { id }')}`);
    expect(selections).toMatch(
      /^The operation has 5\.07\d+e\+30 selections with its fragments expanded, and 12 is the limit\.$/,
    );
    expect(rootFields).toMatch(/^The operation has 1\.2676\d+e\+30 root fields, and 2 is the limit\.$/);
    expect(others).toEqual([]);
  });

  it('measures the introspection query of tools as fewer than 300 selections, without aliases and directives', () => {
    const document = parse(
      getIntrospectionQuery({
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        schemaDescription: true,
        inputValueDeprecation: true,
        oneOf: true,
      }),
    );
    const size = new DocumentMeasure(document).sizeOf(getOperationAST(document)!);
    expect(size).toMatchObject({ aliases: 0, directives: 0, depth: 1 });
    expect(size.selections).toBeLessThan(300);
  });

  it('ignores fragments that spread each other, which another rule rejects', () => {
    expect(
      messagesOf('{ ...A } fragment A on Query { node { id } ...B } fragment B on Query { ...A }'),
    ).toEqual([]);
  });

  it('measures each operation of a document separately', () => {
    expect(messagesOf('query A { node { id } } query B { node { a: id b: id c: id d: id } }')).toEqual([
      'The operation has 4 aliases, and 3 is the limit.',
    ]);
  });
});
