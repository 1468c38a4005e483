import fc from 'fast-check';
import {
  buildSchema,
  executeSync,
  getOperationAST,
  type GraphQLError,
  Kind,
  parse,
  type SelectionSetNode,
  validate,
} from 'graphql';
import { readCostTable } from './cost-table';
import { documentLimits } from './document-limits';
import { DocumentMeasure } from './document-size';
import { operationCost } from './operation-cost';

const listSizes = { nodes: 3, others: 2 };
const sdl = `
  directive @listSize(assumedSize: Int) on FIELD_DEFINITION
  type Node {
    id: ID
    next: Node
    nodes: [Node] @listSize(assumedSize: ${listSizes.nodes})
    others: [Node!]! @listSize(assumedSize: ${listSizes.others})
  }
  type Query { node: Node }
`;
const schema = buildSchema(sdl);
const costs = readCostTable(parse(sdl));
const maximumSelections = 40;
const off = 1e9;
const rule = documentLimits({
  GRAPHQL_MAX_SELECTIONS: maximumSelections,
  GRAPHQL_MAX_DEPTH: off,
  GRAPHQL_MAX_ALIASES: off,
  GRAPHQL_MAX_ROOT_FIELDS: off,
  GRAPHQL_MAX_DIRECTIVES: off,
});

const fragments = 4;
/** The selections of the fragment `own`, which spreads later fragments only. */
const selections = (own: number, depth: number): fc.Arbitrary<string> => {
  const inside = () => (depth > 0 ? selections(own, depth - 1) : fc.constant('id'));
  const later = fragments - own - 1;
  return fc
    .array(
      fc.oneof(
        fc.constant('id'),
        fc
          .tuple(fc.constantFrom('next', 'nodes', 'others'), inside())
          .map(([name, set]) => `${name} { ${set} }`),
        fc
          .tuple(fc.constantFrom('... on Node', '...', '... @include(if: true)'), inside())
          .map(([condition, set]) => `${condition} { ${set} }`),
        ...(later > 0
          ? [fc.integer({ min: own + 1, max: fragments - 1 }).map((fragment) => `...F${fragment}`)]
          : []),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((set) => set.join(' '));
};
const documents = fc
  .tuple(...Array.from({ length: fragments }, (_, index) => selections(index, 1)))
  .map((sets) => sets.map((set, index) => `fragment F${index} on Node { ${set} }`).join(' '))
  .map((definitions) => `{ node { ...F0 } } ${definitions}`);

/** Counts by expanding every fragment, which the code under test avoids. */
class Expansion {
  selections = 0;
  objects = 0;
  private readonly sets: ReadonlyMap<string, SelectionSetNode>;

  constructor(readonly document: ReturnType<typeof parse>) {
    this.sets = new Map(
      document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION
          ? [[definition.name.value, definition.selectionSet] as const]
          : [],
      ),
    );
    this.walk(getOperationAST(document)!.selectionSet, 1);
  }

  private walk(set: SelectionSetNode, times: number): void {
    for (const selection of set.selections) {
      this.selections += 1;
      if (selection.kind === Kind.FRAGMENT_SPREAD) this.walk(this.sets.get(selection.name.value)!, times);
      else if (selection.kind === Kind.INLINE_FRAGMENT) this.walk(selection.selectionSet, times);
      else if (selection.selectionSet) {
        const name = selection.name.value;
        const inside = times * (name === 'nodes' || name === 'others' ? listSizes[name] : 1);
        this.objects += inside;
        this.walk(selection.selectionSet, inside);
      }
    }
  }
}

/** Objects of a response whose lists have their maximum length. */
function responseObjects(document: ReturnType<typeof parse>): number {
  const node: Record<string, unknown> = {
    id: '1',
    next: () => node,
    nodes: () => Array<unknown>(listSizes.nodes).fill(node),
    others: () => Array<unknown>(listSizes.others).fill(node),
  };
  const { data } = executeSync({ schema, document, rootValue: { node } });
  return (JSON.stringify(data).match(/\{/g) ?? []).length - 1;
}

function costOf(document: ReturnType<typeof parse>): number {
  const operation = getOperationAST(document)!;
  return operationCost({ schema, document, operation, variables: {}, costs });
}

/** Another rule rejects unused fragments. */
const errorsOf = (document: ReturnType<typeof parse>): readonly GraphQLError[] =>
  validate(schema, document, [rule]);

describe('for any document of nested fragments and lists', () => {
  it('the number of selections is that of the expanded document', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const document = parse(text);
        const { selections: counted } = new DocumentMeasure(document).sizeOf(getOperationAST(document)!);
        expect(counted).toBe(new Expansion(document).selections);
      }),
      { numRuns: 500 },
    );
  });

  it('the cost is that of the expanded document, and no response has more objects', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const document = parse(text);
        const cost = costOf(document);
        expect(cost).toBe(new Expansion(document).objects);
        expect(responseObjects(document)).toBeLessThanOrEqual(cost);
      }),
      { numRuns: 300 },
    );
  });

  it('a rejection names the number of selections and the limit, and every document within the limit passes', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const document = parse(text);
        const { selections: counted } = new Expansion(document);
        const expected =
          counted > maximumSelections
            ? [
                `The operation has ${counted} selections with its fragments expanded, and ${maximumSelections} is the limit.`,
              ]
            : [];
        expect(errorsOf(document).map(({ message }) => message)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
