import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, parse } from 'graphql';
import { isolateRepresentations } from './entity-representations';

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { nothing: String }
  type Thing @key(fields: "id") @key(fields: "code") { id: ID! code: String! broken: String! }
  type Part @key(fields: "maker { id } number") { maker: Maker! number: Int! }
  type Stub @key(fields: "id", resolvable: false) { id: ID! }
  type Maker { id: ID! }
`);

const resolvers = {
  Thing: {
    __resolveReference: (reference: { id: string } | { code: string }) =>
      'id' in reference
        ? { id: reference.id.toLowerCase(), code: 'by id' }
        : { id: 'by code', code: reference.code.toUpperCase() },
    broken: () => {
      throw new Error('the field failed');
    },
  },
  Part: { __resolveReference: (part: object) => Promise.resolve(part) },
};

const schema = isolateRepresentations(buildSubgraphSchema({ typeDefs, resolvers }));
const selection = '__typename ... on Thing { id code } ... on Part { maker { id } number }';

async function ask(representations: unknown[], fields = selection) {
  const document = parse(`query ($representations: [_Any!]!) {
    found: _entities(representations: $representations) { ${fields} }
  }`);
  const { data, errors = [] } = await execute({ schema, document, variableValues: { representations } });
  return {
    found: data?.['found'],
    failures: errors.map(({ path, message }) => [path?.join('.'), message]),
  };
}

const good = { __typename: 'Thing', id: 'A' };
const found = { __typename: 'Thing', id: 'a', code: 'by id' };

describe('_entities', () => {
  it.each<[string, unknown, string]>([
    ['has no key', { __typename: 'Thing' }, 'A representation of Thing has no complete key: id or code.'],
    [
      'has null for its key',
      { ...good, id: null },
      'A representation of Thing has no complete key: id or code.',
    ],
    ['has an object for its key', { ...good, id: {} }, 'A representation has {} for Thing.id, which is ID.'],
    [
      'has a list for its key',
      { ...good, id: ['A'] },
      'A representation has ["A"] for Thing.id, which is ID.',
    ],
    [
      'has a number for text',
      { __typename: 'Thing', code: 5 },
      'A representation has 5 for Thing.code, which is String.',
    ],
    [
      'has text for a number',
      { __typename: 'Part', maker: { id: 'm' }, number: '1' },
      'A representation has "1" for Part.number, which is Int.',
    ],
    [
      'has text for an object',
      { __typename: 'Part', maker: 'm', number: 1 },
      'A representation has "m" for Part.maker, which is an object.',
    ],
    [
      'lacks a part of its key',
      { __typename: 'Part', maker: {}, number: 1 },
      'A representation of Part has no complete key: maker + number.',
    ],
    [
      'has no type',
      { id: 'A' },
      'A representation has the __typename nothing; the entities are Part, Thing.',
    ],
    [
      'has an unknown type',
      { ...good, __typename: 'Nope' },
      'A representation has the __typename "Nope"; the entities are Part, Thing.',
    ],
    [
      'has a type that is no entity',
      { ...good, __typename: 'Maker' },
      'A representation has the __typename "Maker"; the entities are Part, Thing.',
    ],
    [
      'has a type that another subgraph resolves',
      { ...good, __typename: 'Stub' },
      'A representation has the __typename "Stub"; the entities are Part, Thing.',
    ],
    [
      'has a name of JavaScript for its type',
      { ...good, __typename: '__proto__' },
      'A representation has the __typename "__proto__"; the entities are Part, Thing.',
    ],
    ['is text', 'Thing', 'A representation must be an object, not "Thing".'],
    ['is a list', [good], 'A representation must be an object, not [{"__typename":"Thing","id":"A"}].'],
  ])('gives null and an error at its own path for a representation that %s', async (_what, bad, message) => {
    expect(await ask([good, bad, good])).toEqual({
      found: [found, null, found],
      failures: [['found.1', message]],
    });
  });

  it('returns a separate error for each invalid representation', async () => {
    const { found: entities, failures } = await ask([{ __typename: 'Thing' }, good, { __typename: 'Nope' }]);
    expect(entities).toEqual([null, found, null]);
    expect(failures.map(([path]) => path)).toEqual(['found.0', 'found.2']);
  });

  it('resolves by another key if the first is null, by nested keys, and coerces a number to an ID', async () => {
    const part = { __typename: 'Part', maker: { id: 'm' }, number: 1 };
    const { found: entities, failures } = await ask([
      { __typename: 'Thing', id: null, code: 'c' },
      part,
      { __typename: 'Thing', id: 5 },
    ]);
    expect(failures).toEqual([]);
    expect(entities).toEqual([
      { __typename: 'Thing', id: 'by code', code: 'C' },
      part,
      { ...found, id: '5' },
    ]);
  });

  it('returns null only for the entity whose required field fails', async () => {
    const part = { __typename: 'Part', maker: { id: 'm' }, number: 1 };
    const response = await ask([good, part], '... on Thing { broken } ... on Part { number }');
    expect(response).toEqual({
      found: [null, { number: 1 }],
      failures: [['found.0.broken', 'the field failed']],
    });
  });
});
