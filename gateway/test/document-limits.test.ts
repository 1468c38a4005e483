import type { RunningService } from '@shop/kit/service';
import { rest } from '@shop/testkit/http';
import fc from 'fast-check';
import { startLocalGateway } from './local-gateway';

interface Answer {
  data?: unknown;
  errors?: { message: string; extensions: { code: string } }[];
}

const parts = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index + 1)).join(' ');

/** `levels` fragments; each spreads the previous one `width` times, directly and by type. */
function multiplied(levels: number, width: number): string {
  const conditions = ['', '... on OrderNotFound', '... on OrderStateConflict', '... on Problem'];
  const spreads = (index: number) =>
    conditions
      .slice(0, width)
      .map((condition) => (condition ? `${condition} { ...F${index - 1} }` : `...F${index - 1}`))
      .join(' ');
  return `mutation S { payOrder(input: { orderId: "x" }) { ...F${levels} } } fragment F0 on Problem { code message } ${parts(levels, (index) => `fragment F${index} on Problem { ${spreads(index)} }`)}`;
}

/** The selections of `multiplied`, with all fragments expanded. */
function selectionsOf(levels: number, width: number): number {
  let inside = 2;
  for (let level = 1; level <= levels; level += 1) inside = width * (inside + 1) + (width - 1);
  return inside + 2;
}

describe('document limits over HTTP', () => {
  let gateway: RunningService;
  beforeAll(async () => {
    gateway = await startLocalGateway();
  });
  afterAll(() => gateway?.stop());

  const send = (query: string) => rest(gateway.url)<Answer>('POST', '/graphql', { body: { query } });

  it.each([12, 14, 40])(
    'reject fragments that multiply through %i levels with 400, naming the selections and the limit',
    async (levels) => {
      const { status, body } = await send(multiplied(levels, 3));
      expect(status).toBe(400);
      expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
      expect(body.errors?.[0]?.message).toBe(
        `The operation has ${selectionsOf(levels, 3)} selections with its fragments expanded, and 1000 is the limit.`,
      );
    },
  );

  it('reject fragments that multiply inside introspection', async () => {
    const fragments = parts(
      40,
      (index) => `fragment F${index} on __Type { ...F${index - 1} ...F${index - 1} }`,
    );
    const { status, body } = await send(
      `{ __schema { types { ...F40 } } } fragment F0 on __Type { name } ${fragments}`,
    );
    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toMatch(
      /selections with its fragments expanded, and 1000 is the limit/,
    );
  });

  it('reject payments of orders of payments whose lists multiply, naming the cost and the limit', async () => {
    const cycle = (levels: number): string =>
      levels === 0 ? 'id' : `id payments { id amount { amountCents } order { ${cycle(levels - 1)} } }`;
    const { status, body } = await send(`{ order(id: "x") { ${cycle(4)} } }`);
    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toMatch(/^The operation costs up to \d+, and 15000 is the limit/);
  });

  it.each([
    ['query ($v: ID!) { product(id: $v) { id } }', '$v'],
    ['mutation ($v: CreateOrderInput!) { createOrder(input: $v) { __typename } }', '$v'],
    ['query ($v: ProductFilter) { products(filter: $v) { nodes { id } } }', '$v'],
  ])('reject variables nested 20,000 levels deep with 400: %s', async (query, variable) => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"items":', '}'],
    ] as const) {
      const value = `${open.repeat(20_000)}1${close.repeat(20_000)}`;
      const body = `{"query":${JSON.stringify(query)},"variables":{"v":${value}}}`;
      const response = await rest(gateway.url)<Answer>('POST', '/graphql', { body });
      expect(response.status).toBe(400);
      expect(response.body.errors?.[0]?.message).toContain(variable);
    }
  });

  it('reject fields that are repeated too often to compare, naming the limit', async () => {
    const { status, body } = await send(`{ me { ${'id '.repeat(950)} } }`);
    expect(status).toBe(400);
    expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(body.errors?.[0]?.message).toMatch(/comparing them takes more than 500000 steps/);
  });

  it('return 400 for every document above them and never 500, for any depth and width of fragments', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 18 }),
        fc.integer({ min: 1, max: 4 }),
        async (levels, width) => {
          const { status, body } = await send(multiplied(levels, width));
          const selections = selectionsOf(levels, width);
          const message = body.errors?.[0]?.message ?? '';
          if (selections > 1_000) {
            expect(status).toBe(400);
            expect(message).toContain(`has ${selections} selections`);
            expect(message).toContain('1000 is the limit');
          } else {
            // The order subgraph is not running.
            expect(message).not.toContain('limit');
            expect(status).not.toBe(500);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
