import { randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders, request as send } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { withClient } from '@shop/local-stack/postgres';
import { eventually } from '@shop/testkit/eventually';
import { graphql, rest } from '@shop/testkit/http';
import { startTestStack, type TestStack } from '@shop/testkit/stack';

const productQuery = 'query ($id: ID!) { product(id: $id) { name } }';
const stockQuery = 'query ($id: ID!) { product(id: $id) { name stock } }';

/** Without `fetch`, which decompresses the body. */
function get(
  url: string,
  { method = 'GET', ...headers }: Record<string, string> = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = send(url, { method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

const inDatabase = (stack: TestStack, text: string, values: unknown[]) =>
  withClient(stack.databaseUrls.product, async (client) => (await client.query(text, values)).rows);

async function newProduct(stack: TestStack, description = ''): Promise<string> {
  const [row] = await inDatabase(
    stack,
    `INSERT INTO products (sku, name, description, price_cents, currency, stock)
     VALUES ($1, 'Old', $2, 100, 'EUR', 0) RETURNING id`,
    [`SKU-${randomUUID()}`, description],
  );
  return (row as { id: string }).id;
}

const rename = (stack: TestStack, id: string) =>
  inDatabase(stack, `UPDATE products SET name = 'New' WHERE id = $1`, [id]);

function graphqlGet(
  stack: TestStack,
  query: string,
  variables: object,
  headers: Record<string, string> = {},
) {
  const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const preflight = { 'apollo-require-preflight': 'true' };
  return get(`${stack.gatewayUrl}/graphql?${parameters.toString()}`, { ...preflight, ...headers });
}

describe('With RESPONSE_CACHE=on', () => {
  let stack: TestStack;
  let tokenOfAdmin: string;
  beforeAll(async () => {
    stack = await startTestStack({ serviceEnv: { gateway: { RESPONSE_CACHE: 'on' } } });
    const login = rest(stack.gatewayUrl)<{ access_token: string }>;
    tokenOfAdmin = (await login('POST', '/v1/auth/login', { body: stack.admin })).body.access_token;
  });
  afterAll(() => stack?.stop());

  const nameOf = async (id: string, options: { token?: string } = {}, query = productQuery) => {
    const { body } = await graphql(stack.gatewayUrl)<{ product: { name: string } }>(query, {
      variables: { id },
      ...options,
    });
    return body.data?.product.name;
  };

  it('an anonymous query is answered from the cache, and one with a token is not', async () => {
    const id = await newProduct(stack);
    expect(await nameOf(id)).toBe('Old');
    await rename(stack, id);
    expect(await nameOf(id, { token: tokenOfAdmin })).toBe('New');
    expect(await nameOf(id)).toBe('Old');
  });

  it('a response with the stock is reused for a limited time', async () => {
    const id = await newProduct(stack);
    expect(await nameOf(id, {}, stockQuery)).toBe('Old');
    await rename(stack, id);
    await eventually(async () => expect(await nameOf(id, {}, stockQuery)).toBe('New'));
  });

  it.each(['/v1/products', '/v1/products/:id'])('GET %s may be reused for all callers', async (path) => {
    const id = await newProduct(stack);
    const { headers } = await get(`${stack.gatewayUrl}${path.replace(':id', id)}`);
    expect(headers['cache-control']).toBe('public, max-age=2');
    expect(headers.vary).toContain('accept-encoding');
  });

  it('GET /graphql may be reused for all callers, with a token only after revalidation', async () => {
    const id = await newProduct(stack);
    const { headers } = await graphqlGet(stack, productQuery, { id });
    expect(headers['cache-control']).toBe('public, max-age=10');
    const authorization = `Bearer ${tokenOfAdmin}`;
    const own = await graphqlGet(stack, productQuery, { id }, { authorization });
    expect(own.headers['cache-control']).toBe('no-cache');
  });
});

describe('Responses', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterAll(() => stack?.stop());

  describe('to GET /graphql', () => {
    it('have an ETag; with it the response is 304 without a body until the product changes', async () => {
      const id = await newProduct(stack);
      const { headers, status } = await graphqlGet(stack, productQuery, { id });
      expect([status, headers['cache-control']]).toEqual([200, 'no-cache']);
      const known = { 'if-none-match': `W/${headers.etag}, "other"` };
      const unchanged = await graphqlGet(stack, productQuery, { id }, known);
      expect([unchanged.status, unchanged.body.length, unchanged.headers.etag]).toEqual([
        304,
        0,
        headers.etag,
      ]);
      expect(unchanged.headers['content-type']).toBeUndefined();
      await rename(stack, id);
      const changed = await graphqlGet(stack, productQuery, { id }, known);
      expect([changed.status, JSON.parse(String(changed.body))]).toEqual([
        200,
        { data: { product: { name: 'New' } } },
      ]);
    });

    it.each([
      ['depends on the caller', '{ me { id } }'],
      ['has errors', '{ product(id: "1") { name } me { id } }'],
      ['has no field of the shop', '{ __typename }'],
    ])('are not stored if the response %s', async (_name, query) => {
      const { headers } = await graphqlGet(stack, query, {});
      expect([headers['cache-control'], headers.etag]).toEqual(['no-store', undefined]);
    });
  });

  it('to POST are not stored', async () => {
    const id = await newProduct(stack);
    const { headers } = await graphql(stack.gatewayUrl)(productQuery, { variables: { id } });
    expect([headers.get('cache-control'), headers.get('etag')]).toEqual(['no-store', null]);
  });

  it('to GET /v1/products have an ETag that changes with each product of the page', async () => {
    const id = await newProduct(stack);
    const url = `${stack.gatewayUrl}/v1/products?limit=5`;
    const { headers } = await get(url);
    expect(headers['cache-control']).toBe('no-cache');
    const known = { 'if-none-match': String(headers.etag) };
    expect((await get(url, known)).status).toBe(304);
    expect((await get(url, { ...known, method: 'HEAD' })).status).toBe(304);
    await rename(stack, id);
    expect((await get(url, known)).status).toBe(200);
  });

  describe('above 1 KB', () => {
    const read = async (path: string, encoding: string) => {
      const [id] = [await newProduct(stack, 'long '.repeat(400))];
      const { headers, body } = await get(`${stack.gatewayUrl}${path.replace(':id', id)}`, {
        'accept-encoding': encoding,
      });
      return { encoding: headers['content-encoding'], headers, body, id };
    };

    it.each([
      ['br', 'gzip, deflate, br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
      ['gzip', 'br;q=0, gzip', gunzipSync],
    ] as const)('are compressed as %s for "%s"', async (expected, accepted, decompress) => {
      const { encoding, headers, body, id } = await read('/v1/products/:id', accepted);
      expect(encoding).toBe(expected);
      expect(headers.vary).toContain('accept-encoding');
      expect(JSON.parse(String(decompress(body)))).toMatchObject({ id });
      expect(body.length).toBeLessThan(600);
    });

    it.each(['identity', 'br;q=0', 'unknown', ''])('are not compressed for "%s"', async (accepted) => {
      const { encoding, body, id } = await read('/v1/products/:id', accepted);
      expect([encoding, JSON.parse(String(body))]).toMatchObject([undefined, { id }]);
    });

    it('are compressed after POST /graphql and for pages', async () => {
      const { headers } = await get(`${stack.gatewayUrl}/docs`, { 'accept-encoding': 'br' });
      expect(headers['content-encoding']).toBe('br');
      const response = await fetch(`${stack.gatewayUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip' },
        body: JSON.stringify({ query: '{ products(first: 20) { nodes { id description } } }' }),
      });
      expect(response.headers.get('content-encoding')).toBe('gzip');
      expect(await response.json()).toHaveProperty('data.products.nodes');
    });

    it('have the same ETag with each content encoding', async () => {
      const { headers, id } = await read('/v1/products/:id', 'br');
      const known = { 'if-none-match': String(headers.etag) };
      expect((await get(`${stack.gatewayUrl}/v1/products/${id}`, known)).status).toBe(304);
    });
  });

  it('up to 1 KB are not compressed', async () => {
    const id = await newProduct(stack);
    const { headers } = await get(`${stack.gatewayUrl}/v1/products/${id}`, { 'accept-encoding': 'br' });
    expect(headers['content-encoding']).toBeUndefined();
  });
});
