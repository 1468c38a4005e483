import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningService } from '@shop/kit/service';
import { graphql, rest } from '@shop/testkit/http';
import { buildSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { readExplorerOperations } from '../src/explorer/operations';
import { startLocalGateway } from './local-gateway';

const pages = ['/graphiql', '/graphiql/main.js', '/schema.graphql'];
const inRepository = (path: string) => readFile(join(__dirname, '../..', path), 'utf8');

describe('the explorer', () => {
  let gateway: RunningService;
  beforeAll(async () => {
    gateway = await startLocalGateway();
  });
  afterAll(() => gateway?.stop());
  const get = (path: string, headers: Record<string, string> = {}) =>
    rest(gateway.url)<string>('GET', path, { headers });

  it('serves /graphiql with a Content-Security-Policy that names no other host', async () => {
    const { status, headers, body } = await get('/graphiql');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = String(headers.get('content-security-policy'));
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  it('sends a new nonce with each response of /graphiql', async () => {
    const [first, second] = await Promise.all([get('/graphiql'), get('/graphiql')]);
    expect(first.headers.get('content-security-policy')).not.toBe(
      second.headers.get('content-security-policy'),
    );
  });

  it('serves no file outside the explorer, and no frame that needs eval', async () => {
    for (const path of [
      '/graphiql/..%2fpackage.json',
      '/graphiql/%2e%2e/index.js',
      '/graphiql/iframe-sandbox/index.html',
    ])
      expect((await get(path)).status).toBe(404);
  });

  it('serves the API schema with descriptions and without internal fields at /schema.graphql', async () => {
    const { body } = await get('/schema.graphql');
    const sorted = (sdl: string) => printSchema(lexicographicSortSchema(buildSchema(sdl)));
    expect(sorted(body)).toBe(sorted(await inRepository('gateway/api-schema.graphql')));
    expect(body).toContain('"""');
    expect(body).not.toMatch(/commitStock|_entities|join__|@inaccessible/);
  });

  it('opens operations that are valid for the schema and within the limits', async () => {
    const operations = await readExplorerOperations();
    expect(operations.length).toBeLessThanOrEqual(15);
    const variables = { productId: '1', orderId: '1', paymentId: '1' };
    for (const { text } of operations)
      expect([text, (await graphql(gateway.url)(text, { variables })).status]).toEqual([text, 200]);
  });

  it('opens the operations of the purchase in the README', async () => {
    const readme = await inRepository('README.md');
    const purchase = (await readExplorerOperations()).slice(0, 4);
    for (const { text } of purchase) expect(readme).toContain(text);
  });

  it('links to /graphiql from the page of Apollo Sandbox', async () => {
    expect((await get('/graphql', { accept: 'text/html' })).body).toContain('<a href="/graphiql">');
  });

  it('is disabled in production, as Apollo Sandbox is', async () => {
    const production = await startLocalGateway({ NODE_ENV: 'production' });
    try {
      for (const path of pages) {
        expect((await get(path)).status).toBe(200);
        expect((await rest(production.url)('GET', path)).status).toBe(404);
      }
    } finally {
      await production.stop();
    }
  });
});

describe('/', () => {
  it.each([
    ['development', '/graphiql'],
    ['production', '/docs'],
  ])('links to what is served in %s, as HTML for browsers and as JSON for others', async (NODE_ENV, one) => {
    const gateway = await startLocalGateway({ NODE_ENV });
    try {
      const get = rest(gateway.url)<{ links: { href: string }[] }>;
      const { body, headers } = await get('GET', '/');
      expect(headers.get('vary')).toContain('Accept');
      const hrefs = body.links.map(({ href }) => href);
      expect(hrefs).toEqual(expect.arrayContaining([one, '/graphql', '/docs', '/healthz']));
      for (const href of hrefs.filter((path) => path !== '/v1/products' && path !== '/readyz'))
        expect([href, (await get('GET', href)).status]).toEqual([href, href === '/graphql' ? 400 : 200]);

      const page = await rest(gateway.url)<string>('GET', '/', { headers: { accept: 'text/html' } });
      expect(page.headers.get('content-type')).toContain('text/html');
      for (const href of hrefs) expect(page.body).toContain(`<a href="${href}">`);
    } finally {
      await gateway.stop();
    }
  });
});
