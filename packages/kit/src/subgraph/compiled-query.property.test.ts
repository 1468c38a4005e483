import fc from 'fast-check';
import {
  buildSchema,
  type DocumentNode,
  execute,
  type ExecutionResult,
  getOperationAST,
  parse,
} from 'graphql';
import { compileQuery } from './compiled-query';

const schema = buildSchema(`
  type Query { item: Item, items: [Item!], required: Item!, found(size: Int = 2, name: String!): Found, all: [[Found!]]! }
  interface Named { name: String! }
  type Item implements Named {
    id: ID! name: String! size: Int kind: Kind item: Item items: [Item]! found: Found words: [String!]
    sized(by: Int! = 3): Int
  }
  type Box implements Named { name: String! inner: [Found!]! item: Item! }
  union Found = Item | Box
  enum Kind { LARGE SMALL }
`);
type Resolve = (name: string, args: object) => unknown;
for (const [name, field] of Object.entries(schema.getQueryType()!.getFields()))
  field.resolve = (_source, args: object, context: { resolve: Resolve }) => context.resolve(name, args);

const found = '... on Item { id kind size words } ... on Box { label: name inner { __typename } }';
const queries = [
  '{ item { id name size kind words } }',
  '{ __typename items { ...A } required { ...A other: name } } fragment A on Item { id item { name size } item { id } }',
  `query ($size: Int) { found(name: "a", size: $size) { __typename ... on Named { name } ${found} } all { ${found} } }`,
  `{ a: item { items { items { found { ${found} } } } } required { items { id sized item { sized(by: 2) } } } }`,
  '{ found(name: "b") { ... on Box { name item { id name } inner { ... on Named { name } ... on Box { item { id } } } } } }',
];

/** What a resolver returns; `of` is its value. */
interface Returned {
  how: 'value' | 'promise' | 'function' | 'rejects' | 'throws' | 'error';
  of: unknown;
}

const how = fc.oneof(
  { weight: 7, arbitrary: fc.constant('value' as const) },
  { weight: 3, arbitrary: fc.constantFrom('promise' as const, 'function' as const) },
  { weight: 1, arbitrary: fc.constantFrom('rejects' as const, 'throws' as const, 'error' as const) },
);
const returned = (of: fc.Arbitrary<unknown>): fc.Arbitrary<Returned> => fc.record({ how, of });
const text = returned(fc.constantFrom('LARGE', 'x', 'y', null));
const number = returned(fc.constantFrom(1, 2.5, 'three', null));
// Lists whose items must not be null have one item: if one fails, graphql-js leaves the rejection of
// another one unhandled, which ends the process.
const { object } = fc.letrec((tie) => ({
  object: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.record({
      __typename: fc.constantFrom('Item', 'Item', 'Box', 'Box', 'Named', null),
      ...{ id: text, name: text, kind: text, size: number, sized: number },
      words: returned(fc.array(text, { maxLength: 1 })),
      ...{ item: returned(tie('object')), found: returned(tie('object')) },
      ...{ items: returned(tie('list')), inner: returned(tie('single')) },
    }),
  ),
  list: fc.oneof(fc.array(returned(tie('object')), { maxLength: 3 }), fc.constantFrom(null, 'no list')),
  single: fc.array(returned(tie('object')), { maxLength: 1 }),
}));
const single = returned(fc.array(returned(object), { maxLength: 1 }));
const roots = fc.record({
  ...{ item: returned(object), items: single, required: returned(object), found: returned(object) },
  all: returned(fc.array(single, { maxLength: 3 })),
});

function create({ how, of }: Returned): unknown {
  switch (how) {
    case 'value':
      return createValue(of);
    case 'promise':
      return Promise.resolve(createValue(of));
    case 'function':
      return (args: object) => ('by' in args ? args.by : createValue(of));
    case 'rejects': {
      const rejection = Promise.reject(new Error('rejected'));
      // Nothing reads it if a list is expected to be text.
      rejection.catch(() => undefined);
      return rejection;
    }
    case 'throws':
      return () => {
        throw new Error('thrown');
      };
    case 'error':
      return new Error('returned');
  }
}

function createValue(of: unknown): unknown {
  if (Array.isArray(of)) return of.map((item: Returned) => create(item));
  if (typeof of !== 'object' || of === null) return of;
  const properties = of as Record<string, Returned | string | null>;
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? create(value) : value,
    ]),
  );
}

/** Executes with new values. */
function inContext(root: Record<string, Returned>) {
  const resolve: Resolve = (name) => {
    const value = create(root[name]!);
    return typeof value === 'function' ? (value as (args: object) => unknown)({}) : value;
  };
  return { resolve };
}

async function compiled(
  document: DocumentNode,
  contextValue: unknown,
  variables: Record<string, unknown>,
): Promise<ExecutionResult | undefined> {
  const query = compileQuery(schema, document, getOperationAST(document)!);
  if (!query) throw new Error('the query was not compiled');
  await query.execute(contextValue, variables);
  // Again, with what the first execution has prepared.
  return query.execute(contextValue, variables);
}

/** As the response contains it. The text about a value of no known type differs; it is masked anyway. */
function plain(result: ExecutionResult | undefined): unknown {
  return JSON.parse(JSON.stringify(result), (name, value: unknown) =>
    name === 'message' && /^Abstract type |^Found was resolved to /.test(String(value))
      ? 'unknown type'
      : value,
  );
}

describe('A compiled query', () => {
  it('has the data and the errors of graphql-js, in their order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...queries),
        roots,
        fc.constantFrom({}, { size: 1 }, { size: null }),
        async (text, root, variableValues) => {
          const document = parse(text);
          const expected = await execute({ schema, document, contextValue: inContext(root), variableValues });
          const actual = await compiled(document, inContext(root), variableValues);
          expect(plain(actual)).toEqual(plain(expected));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('passes arguments, context and the position to resolvers as graphql-js does', async () => {
    const document = parse('query Q($size: Int) { a: found(name: "n", size: $size) { __typename } }');
    const calls: unknown[][] = [];
    const field = schema.getQueryType()!.getFields()['found']!;
    const { resolve } = field;
    field.resolve = (...call: unknown[]) => {
      calls.push(call);
      return null;
    };
    try {
      for (const variableValues of [{ size: 5 }, {}]) {
        const contextValue = {};
        await execute({ schema, document, contextValue, variableValues });
        await compileQuery(schema, document, getOperationAST(document)!)?.execute(
          contextValue,
          variableValues,
        );
      }
    } finally {
      field.resolve = resolve;
    }
    expect(calls).toHaveLength(4);
    expect(calls[1]).toEqual(calls[0]);
    expect(calls[3]).toEqual(calls[2]);
  });

  it('handles the later failure of an item if another item has failed', async () => {
    const document = parse('{ items { id } }');
    const late = { id: Promise.resolve().then(() => Promise.reject(new Error('late'))) };
    const resolve: Resolve = () => [late, { id: null }];
    const result = await compileQuery(schema, document, getOperationAST(document)!)!.execute({ resolve }, {});
    expect(plain(result)).toMatchObject({ data: { items: null }, errors: [{ path: ['items', 1, 'id'] }] });
  });

  it.each([
    ['a mutation', 'mutation { a }'],
    ['a field with a condition', 'query ($is: Boolean!) { item @include(if: $is) { id } }'],
    ['a fragment with a condition', '{ item { ... @skip(if: true) { id } } }'],
    ['introspection', '{ __type(name: "Item") { name } }'],
    ['a response name that is no property', '{ item { __proto__: id } }'],
  ])('is not made of %s', (_what, text) => {
    const document = parse(text);
    expect(compileQuery(schema, document, getOperationAST(document)!)).toBeUndefined();
  });

  it('executes nothing if a variable is invalid', () => {
    const document = parse('query ($size: Int) { found(name: "n", size: $size) { __typename } }');
    const query = compileQuery(schema, document, getOperationAST(document)!);
    expect(query?.execute({}, { size: 'three' })).toBeUndefined();
  });
});
