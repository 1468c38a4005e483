import { buildSchema, parseOperation } from '@apollo/federation-internals';
import { computeResponse } from '@apollo/gateway/dist/resultShaping';
import fc from 'fast-check';
import type { JsonObject } from './json-object';
import { compileProjection } from './projection';

const schema = buildSchema(`
  scalar Any
  enum Color { RED GREEN }
  interface Named { name: String! link: Named }
  interface Tagged { tag: Color }
  type One implements Named & Tagged {
    name: String! link: Named tag: Color id: ID! count: Int! twos: [Two!]! any: Any constructor: String
  }
  type Two implements Named { name: String! link: Named rate: Float! isNew: Boolean! grid: [[Int!]]! one: One choice: Choice! }
  union Choice = One | Two
  type Query { one: One two: Two! ones: [One] named: Named nameds: [Named!]! choices: [Choice!] }
`);

const fieldsOf: Record<string, Record<string, string | undefined>> = {
  Query: { one: 'One', two: 'Two', ones: 'One', named: 'Named', nameds: 'Named', choices: 'Choice' },
  One: {
    ...{ name: undefined, link: 'Named', tag: undefined, id: undefined, count: undefined },
    ...{ twos: 'Two', any: undefined, constructor: undefined },
  },
  Two: {
    ...{ name: undefined, link: 'Named', rate: undefined, isNew: undefined, grid: undefined },
    ...{ one: 'One', choice: 'Choice' },
  },
  Named: { name: undefined, link: 'Named' },
  Tagged: { tag: undefined },
  Choice: {},
};

const overlapping: Record<string, readonly string[]> = {
  Query: ['Query'],
  One: ['One', 'Named', 'Tagged', 'Choice'],
  Two: ['Two', 'Named', 'Choice'],
  Named: ['Named', 'One', 'Two', 'Tagged', 'Choice'],
  Tagged: ['Tagged', 'One', 'Named', 'Choice'],
  Choice: ['Choice', 'One', 'Two', 'Named', 'Tagged'],
};

const directives = fc.constantFrom('', '', '', '@skip(if: $no)', '@include(if: $yes)', '@include(if: $no)');

/** Selections on a type. `$yes` and `$no` are variables. */
function selections(type: string, depth: number): fc.Arbitrary<string> {
  const fields = Object.entries(fieldsOf[type] ?? {}).filter(([, inner]) => depth > 0 || !inner);
  const field = ([name, inner]: [string, string | undefined]) =>
    fc
      .tuple(fc.boolean(), directives, inner ? selections(inner, depth - 1) : fc.constant(''))
      .map(([isAliased, directive, set]) => `${isAliased ? `${name}2: ${name}` : name} ${directive} ${set}`);
  const typename = fc.constantFrom('__typename', 'kind: __typename');
  const options = [typename, ...fields.map(field)];
  if (depth > 0) {
    options.push(
      ...overlapping[type]!.map((other) =>
        fc
          .tuple(directives, selections(other, depth - 1))
          .map(([directive, set]) => `... on ${other} ${directive} ${set}`),
      ),
    );
  }
  return fc
    .array(fc.oneof(...options), { minLength: 1, maxLength: 4 })
    .map((list) => `{ ${list.join(' ')} }`);
}

/** Uniform numbers in [0, 1), from a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const wrongValues = [null, null, 5, 1.5, true, 'BLUE', [], {}, { __typename: 'Nothing' }];

/** Responses of subgraphs, a share of whose values does not fit the schema. */
class ResponseGenerator {
  constructor(
    private readonly random: () => number,
    private readonly shareOfDefects: number,
  ) {}

  object(type: string, depth: number): JsonObject {
    const typename = type === 'Query' ? {} : { __typename: type, kind: type };
    const names = Object.keys(fieldsOf[type] ?? {}).flatMap((name) => [name, `${name}2`]);
    return {
      ...typename,
      ...Object.fromEntries(names.map((name) => [name, this.value(name.replace(/2$/, ''), depth - 1)])),
    };
  }

  private value(name: string, depth: number): unknown {
    const values: Record<string, () => unknown> = {
      ...{ name: () => this.oneOf('', 'a"b', 'ü'), tag: () => this.oneOf('RED', null), id: () => '1' },
      ...{ count: () => this.oneOf(0, -7, 2 ** 31), any: () => this.oneOf<unknown>({ a: [1] }, 'x', 3) },
      ...{ constructor: () => this.oneOf('x', null), rate: () => this.oneOf(0.5, 3, 1e30) },
      ...{ isNew: () => this.oneOf(true, false), grid: () => this.list(() => this.list(() => 3)) },
      ...{ twos: () => this.objects('Two', depth), ones: () => this.objects('One', depth) },
      ...{ one: () => this.object('One', depth), two: () => this.object('Two', depth) },
      ...{
        link: () => this.either(depth),
        named: () => this.either(depth),
        choice: () => this.either(depth),
      },
      ...{
        nameds: () => this.list(() => this.either(depth)),
        choices: () => this.list(() => this.either(depth)),
      },
    };
    if (depth < 0) return null;
    return this.random() < this.shareOfDefects ? this.oneOf(...wrongValues) : values[name]?.();
  }

  private either(depth: number): unknown {
    return this.random() < this.shareOfDefects
      ? this.oneOf(...wrongValues)
      : this.object(this.oneOf('One', 'Two'), depth);
  }

  private objects(type: string, depth: number): unknown[] {
    return this.list(() => this.object(type, depth));
  }

  private list(element: () => unknown): unknown[] {
    return Array.from({ length: Math.floor(this.random() * 3) }, element);
  }

  private oneOf<T>(...values: T[]): T {
    return values[Math.floor(this.random() * values.length)] as T;
  }
}

const responses = (shareOfDefects: number) =>
  fc.integer().map((seed) => new ResponseGenerator(randomOf(seed), shareOfDefects).object('Query', 4));

const operations = selections('Query', 3).map((set) =>
  parseOperation(schema, `query ($yes: Boolean!, $no: Boolean!) ${set} `, { validate: false }),
);

const conditions = new Map([...Object.entries({ yes: true, no: false })]);

function stockResponse(operation: Parameters<typeof computeResponse>[0]['operation'], input: JsonObject) {
  return computeResponse({
    operation,
    input,
    variables: Object.fromEntries(conditions),
    introspectionHandling: () => undefined,
  });
}

const sample = { seed: 20_261_128, numRuns: 100 };

it('copies from valid data what ApolloGateway selects, in the same order', () => {
  let complete = 0;
  fc.assert(
    fc.property(operations, responses(0), (operation, input) => {
      const stock = stockResponse(operation, input);
      const ours = compileProjection(operation, conditions)?.(input);
      if (!ours) return expect(stock.errors).not.toEqual([]);
      complete += 1;
      expect(JSON.stringify(ours)).toBe(JSON.stringify(stock.data));
    }),
    sample,
  );
  expect(complete).toBeGreaterThan(sample.numRuns / 2);
});

it('copies no data that ApolloGateway reports as invalid', () => {
  let invalid = 0;
  fc.assert(
    fc.property(operations, responses(0.02), (operation, input) => {
      const ours = compileProjection(operation, conditions)?.(input);
      if (!ours) {
        invalid += 1;
        return;
      }
      const stock = stockResponse(operation, input);
      expect([JSON.stringify(ours), stock.errors]).toEqual([JSON.stringify(stock.data), []]);
    }),
    sample,
  );
  expect(invalid).toBeGreaterThan(sample.numRuns / 20);
});

const leaves = [
  ...['name', 'tag', 'id', 'count', 'any', 'constructor', 'twos { name }'].map((name) => ['One', name]),
  ...['rate', 'isNew', 'grid', 'choice { __typename }'].map((name) => ['Two', name]),
] as [string, string][];
const values = [...wrongValues, undefined, 'GREEN', 7, -0, 1e21, [[1]], [[null]], [null], { a: 1 }];

it.each(leaves)('accepts no value of %s.%s that ApolloGateway rejects', (type, selection) => {
  const field = type.toLowerCase();
  const operation = parseOperation(schema, `{ ${field} { ${selection} } }`, { validate: false });
  const name = selection.replace(/ .*/, '');
  for (const value of values) {
    const input = { [field]: { __typename: type, [name]: value } };
    const ours = compileProjection(operation, conditions)?.(input);
    if (!ours) continue;
    const stock = stockResponse(operation, input);
    expect([value, JSON.stringify(ours), stock.errors]).toEqual([value, JSON.stringify(stock.data), []]);
  }
});
