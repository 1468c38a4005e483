import type { RunningService } from '@shop/kit/service';
import { graphql } from '@shop/testkit/http';
import { startLocalGateway } from './local-gateway';

let gateway: RunningService;
beforeAll(async () => {
  gateway = await startLocalGateway();
});
afterAll(() => gateway?.stop());

const createOrder =
  'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { ... on Problem { code } } }';

const many = (count: number, item: unknown) => Array.from({ length: count }, () => item);
const objectOf = (count: number) =>
  Object.fromEntries(many(count, 0).map((zero, index) => [`f${index}`, zero]));

describe('errors of a rejected operation', () => {
  it.each<[string, unknown, number]>([
    ['a list of 100,000 wrong elements', { items: many(100_000, 0) }, 1],
    ['a list of 1,000 wrong elements', { items: many(1_000, 0) }, 20],
    ['1,000 objects that lack their fields', { items: many(1_000, {}) }, 20],
    ['20,000 unknown fields', objectOf(20_000), 1],
    ['1,000 unknown fields', objectOf(1_000), 20],
    ['20 unknown fields beside a long text', { ...objectOf(20), text: 'x'.repeat(200_000) }, 20],
    ['lists in lists', { items: many(1_000, many(100, 0)) }, 20],
  ])('are at most 20 for %s, with status 400', async (_what, input, count) => {
    const { status, body } = await graphql(gateway.url)(createOrder, {
      variables: { input: input as object },
    });
    expect([status, body.errors?.length]).toEqual([400, count]);
    expect(body.errors).toEqual(
      many(
        count,
        expect.objectContaining({
          extensions: { code: 'BAD_USER_INPUT', traceId: expect.any(String) as string },
        }),
      ),
    );
    expect(JSON.stringify(body).length).toBeLessThan(30_000);
  });

  it('are at most 20 for a document with more unknown fields', async () => {
    const fields = many(150, 0).map((_zero, index) => `f${index}`);
    const { status, body } = await graphql(gateway.url)(`{ me { ${fields.join(' ')} } }`);
    expect([status, body.errors?.length]).toEqual([400, 20]);
  });

  it('report a list that is nested 50,000 levels deep as invalid', async () => {
    const query = `{"query":"${createOrder}","variables":{"input":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`;
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: query,
    });
    expect(response.status).toBe(400);
  });
});
