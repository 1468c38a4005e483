import { randomUUID } from 'node:crypto';
import { type RawShop, openRawShop } from './raw-shop';
import type { RawResponse } from './raw-client';
import { charactersOf, isStorable, naughtySample, naughtyStrings } from './naughty-strings';
import { failuresIn, evaluate, summary, type Result } from './text-input';

const perMethodMs = 120_000;
const openTimeoutMs = 180_000;

let rawShop: RawShop;
const results: Result[] = [];

beforeAll(async () => {
  rawShop = await openRawShop();
}, openTimeoutMs);
afterAll(async () => {
  process.stdout.write(`stored text: ${summary(results)}\n`);
  await rawShop?.close();
});

interface Content {
  name: string;
  description: string;
}

const canBeDescription = (text: string) => isStorable(text) && charactersOf(text) <= 5_000;
const canBeName = (text: string) =>
  isStorable(text) && text.trim() !== '' && charactersOf(text.trim()) <= 200;

/** The text as description, and as name if it is valid there. */
const contentOf = (text: string): Content => ({ name: canBeName(text) ? text : 'Thing', description: text });

const creation = `mutation ($input: CreateProductInput!) {
  createProduct(input: $input) { __typename ... on ProductPayload { product { id } } }
}`;

const graphql = (query: string, variables: object) =>
  rawShop.client.send({ path: '/graphql', token: rawShop.shop.adminToken, body: { query, variables } });

const methods: Record<string, (content: Content) => Promise<RawResponse>> = {
  REST: (content) =>
    rawShop.client.send({
      ...{ path: '/v1/products', token: rawShop.shop.adminToken },
      body: { ...content, sku: randomUUID(), price_cents: 100, currency: 'EUR' },
    }),

  'GraphQL variables': (content) =>
    graphql(creation, { input: { ...content, sku: randomUUID(), priceCents: 100, currency: 'EUR' } }),

  // GraphQL accepts the escapes of JSON.
  'GraphQL literals': ({ name, description }) =>
    graphql(
      `mutation { createProduct(input: {
         sku: "${randomUUID()}", priceCents: 100, currency: "EUR",
         name: ${JSON.stringify(name)}, description: ${JSON.stringify(description)}
       }) { __typename ... on ProductPayload { product { id } } } }`,
      {},
    ),
};

async function readThroughRest(id: string): Promise<Content> {
  const { text } = await rawShop.client.send({ path: `/v1/products/${id}` });
  const { name, description } = JSON.parse(text) as Content;
  return { name, description };
}

async function readThroughGraphql(id: string): Promise<Content> {
  const { text } = await graphql('query ($id: ID!) { product(id: $id) { name description } }', { id });
  return (JSON.parse(text) as { data: { product: Content } }).data.product;
}

const idIn = (text: string) => /"id":"([0-9a-f-]{36})"/.exec(text)?.[1];

describe('a text that can be stored is returned byte for byte, and any other is rejected', () => {
  test.each(Object.entries(methods))(
    'written through %s',
    async (_method, write) => {
      const responses = await Promise.all(
        naughtyStrings.map(async (text) => ({ text, response: await write(contentOf(text)) })),
      );
      const evaluated = responses.map(({ text, response }) =>
        evaluate(text, response, { positions: 2, statuses: [200, 201, 400, 422] }),
      );
      results.push(...evaluated);
      expect(failuresIn(evaluated)).toEqual([]);

      const stored = responses.flatMap(({ text, response }) => {
        const id = idIn(response.text);
        return id ? [{ text, id }] : [];
      });
      expect(stored.map(({ text }) => text)).toEqual(naughtyStrings.filter(canBeDescription));
      const asStored = stored.map(({ text }) => ({ ...contentOf(text), name: contentOf(text).name.trim() }));
      expect(await Promise.all(stored.map(({ id }) => readThroughRest(id)))).toEqual(asStored);
      expect(await Promise.all(stored.map(({ id }) => readThroughGraphql(id)))).toEqual(asStored);
    },
    perMethodMs,
  );

  test('used as a password', async () => {
    const { client } = rawShop;
    for (const text of naughtySample) {
      const password = `${[...text].slice(0, 6).join('')}, and more`;
      const isAccepted = isStorable(password) && Buffer.byteLength(password.normalize('NFKC')) <= 72;
      const body = { email: `${randomUUID()}@example.com`, password };
      const registered = await client.send({ path: '/v1/auth/register', body });
      const loggedIn = await client.send({ path: '/v1/auth/login', body });

      const statuses = [registered.status, loggedIn.status];
      expect({ text, statuses }).toEqual({ text, statuses: isAccepted ? [201, 200] : [422, 401] });
    }
  });
});
