import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Stack } from '@shop/local-stack/stack';
import { graphql } from '@shop/testkit/http';
import { type Connection, openConnection } from '../../load/connection';
import { openBenchShop } from '../bench-shop';
import type { BenchReport } from '../report';
import { growCatalogue, sequentialScans } from './catalogue-rows';
import { catalogueReport, type CatalogueRun } from './summary';

const sorts = ['NEWEST', 'NAME_ASC', 'PRICE_ASC', 'PRICE_DESC'] as const;

/** A list of products that is measured through both APIs. */
interface Shape {
  name: string;
  variables: { first: number; after?: string; sort?: string; filter?: { search: string } };
}

export interface CatalogueOptions {
  sizes: readonly number[];
  /** Requests of each shape and API. */
  requests: number;
  /** Before them. */
  warmUpRequests: number;
  /** Number of the deep page, of two products, which the smallest catalogue has to have. */
  deepPage: number;
  /** Backends report their statistics within this time. */
  statisticsMs: number;
}

/** Latency of the lists of products by the size of the catalogue. */
export async function catalogue(log: (line: string) => void, args: readonly string[]): Promise<BenchReport> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      products: { type: 'string', default: '1000000' },
      requests: { type: 'string', default: '300' },
    },
  });
  log('starting the shop');
  const shop = await openBenchShop({ seedProducts: 1_000 });
  try {
    const options = {
      ...{ sizes: [1_000, Number(values.products)], requests: Number(values.requests) },
      ...{ warmUpRequests: 20, deepPage: 500, statisticsMs: 12_000 },
    };
    return catalogueReport(await measureCatalogue(shop.stack, options, log));
  } finally {
    await shop.close();
  }
}

/** The catalogue has to have at most as many products as the first size. */
export async function measureCatalogue(
  stack: Stack,
  options: CatalogueOptions,
  log: (line: string) => void,
): Promise<CatalogueRun[]> {
  const { sizes, deepPage, statisticsMs } = options;
  const runs: CatalogueRun[] = [];
  const url = stack.databaseUrls.product;
  for (const size of sizes) {
    await growCatalogue(url, size);
    log(`${size} products`);
    await pause(statisticsMs);
    const before = await sequentialScans(url);
    const latenciesMs = await measureShapes(stack, await shapesOf(stack, deepPage), options);
    await pause(statisticsMs);
    runs.push({ products: size, latenciesMs, sequentialScans: (await sequentialScans(url)) - before });
  }
  return runs;
}

async function shapesOf(stack: Stack, deepPage: number): Promise<Shape[]> {
  const deep = await Promise.all(sorts.map((sort) => cursorAfter(stack, sort, 2 * (deepPage - 1))));
  return [
    ...sorts.map((sort) => ({ name: `first page, ${sort}`, variables: { first: 20, sort } })),
    ...sorts.map((sort, index) => ({
      name: `page ${deepPage}, ${sort}`,
      variables: { first: 2, after: deep[index] as string, sort },
    })),
    { name: 'search', variables: { first: 20, filter: { search: 'cotton shirt' } } },
    { name: 'search by price', variables: { first: 20, sort: 'PRICE_ASC', filter: { search: 'cotton' } } },
  ];
}

/** The cursor of the product at this position, read in pages. */
async function cursorAfter({ gatewayUrl }: Stack, sort: string, position: number): Promise<string> {
  const query = `query ($first: Int!, $after: String, $sort: ProductSort!) {
    products(first: $first, after: $after, sort: $sort) { nodes { id } pageInfo { endCursor } } }`;
  let [after, read] = [undefined as string | undefined, 0];
  while (read < position) {
    const first = Math.min(100, position - read);
    const { body } = await graphql(gatewayUrl)<{
      products: { nodes: unknown[]; pageInfo: { endCursor: string } };
    }>(query, { variables: { first, after, sort } });
    if (body.data?.products.nodes.length !== first)
      throw new Error(`The catalogue ends before product ${position} by ${sort}: ${JSON.stringify(body)}`);
    after = body.data.products.pageInfo.endCursor;
    read += first;
  }
  return after as string;
}

/** One request at a time, alternating between the shapes. @returns the latencies by API and shape */
async function measureShapes(
  { gatewayUrl }: Stack,
  shapes: readonly Shape[],
  { requests, warmUpRequests }: CatalogueOptions,
): Promise<CatalogueRun['latenciesMs']> {
  const connection = openConnection(gatewayUrl);
  const latenciesMs: Record<'GraphQL' | 'REST', Record<string, number[]>> = { GraphQL: {}, REST: {} };
  try {
    for (let request = -warmUpRequests; request < requests; request += 1)
      for (const shape of shapes)
        for (const api of ['GraphQL', 'REST'] as const) {
          const startedAt = performance.now();
          await readers[api](connection, shape);
          if (request >= 0) (latenciesMs[api][shape.name] ??= []).push(performance.now() - startedAt);
        }
    return latenciesMs;
  } finally {
    connection.close();
  }
}

const query = `query Catalogue($first: Int!, $after: String, $sort: ProductSort, $filter: ProductFilter) {
  products(first: $first, after: $after, sort: $sort, filter: $filter) {
    nodes { id sku name description price { amountCents currency } stock createdAt updatedAt }
    pageInfo { hasNextPage endCursor }
  } }`;

const readers: Record<'GraphQL' | 'REST', (connection: Connection, shape: Shape) => Promise<void>> = {
  async GraphQL(connection, { name, variables }) {
    const body = { query, variables };
    const response = await connection.send({ method: 'POST', path: '/graphql', body });
    if (response.status !== 200 || response.body['errors']) throw failure(name, response);
  },
  async REST(connection, { name, variables: { first, after, sort, filter } }) {
    const parameters = new URLSearchParams({
      limit: String(first),
      ...(after && { cursor: after }),
      ...(sort && { sort: sort.toLowerCase() }),
      ...filter,
    });
    const response = await connection.send({ method: 'GET', path: `/v1/products?${parameters.toString()}` });
    if (response.status !== 200) throw failure(name, response);
  },
};

const failure = (name: string, response: { status: number; body: object }) =>
  new Error(`${name}: ${response.status} ${JSON.stringify(response.body).slice(0, 300)}`);
