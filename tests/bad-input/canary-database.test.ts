import { randomUUID } from 'node:crypto';
import { createDataSource } from '@shop/kit/database';
import { offencesIn } from './harmless';
import { holds, openWatchedShop, type Plant, plant, type Planted, type WatchedShop } from './watched-shop';

const openTimeoutMs = 180_000;

/** A request whose statement the database refuses, with the canary among the values. */
interface Breakage extends Plant {
  subgraph: 'user' | 'product' | 'order';
  sql: string;
}

const newProduct = (canary: string) => ({
  ...{ sku: randomUUID(), price_cents: 1, currency: 'EUR' },
  ...{ name: canary, description: `the secret recipe ${canary}` },
});

const create = (canary: string, { adminToken: token }: WatchedShop) => ({
  ...{ path: '/v1/products', token, body: newProduct(canary), headers: { 'idempotency-key': canary } },
});

const breakages: readonly Breakage[] = [
  {
    what: 'a search through a function that is missing',
    subgraph: 'product',
    sql: 'ALTER FUNCTION search_query(text) RENAME TO search_query_moved',
    request: (canary) => ({ path: `/v1/products?search=${canary}` }),
    status: 500,
  },
  {
    what: 'a reason for a column of another type',
    subgraph: 'product',
    sql: `ALTER TABLE stock_ledger DROP CONSTRAINT stock_ledger_reason_check;
          ALTER TABLE stock_ledger ALTER COLUMN reason TYPE integer USING 0`,
    request: (canary, { adminToken: token, productId }) => ({
      ...{ path: `/v1/products/${productId}/stock`, token, body: { delta: 1, reason: canary } },
    }),
    status: 500,
  },
  {
    what: 'a product that breaks a rule of the table',
    subgraph: 'product',
    sql: "ALTER TABLE products ADD CONSTRAINT no_secrets CHECK (name NOT LIKE 'canary%')",
    request: create,
    status: 500,
  },
  {
    what: 'a product with a column that is missing',
    subgraph: 'product',
    sql: 'ALTER TABLE products RENAME COLUMN description TO moved',
    request: create,
    status: 500,
  },
  {
    what: 'an idempotency key for a table that is missing',
    subgraph: 'product',
    sql: 'ALTER TABLE idempotency_keys RENAME TO moved',
    request: create,
    status: 500,
  },
  {
    what: "a customer's idempotency key for a table that is missing",
    subgraph: 'order',
    sql: 'ALTER TABLE idempotency_keys RENAME TO moved',
    request: (canary, { customerToken: token, productId }) => ({
      ...{ path: '/v1/orders', token, headers: { 'idempotency-key': canary } },
      body: { items: [{ product_id: productId, quantity: 1 }] },
    }),
    status: 500,
  },
  {
    what: 'a refresh token for a table that is missing',
    subgraph: 'user',
    sql: 'ALTER TABLE refresh_tokens RENAME TO moved',
    request: (canary) => ({
      path: '/v1/auth/refresh',
      body: { refresh_token: canary.replaceAll('-', '_').padEnd(43, 'x') },
    }),
    status: 500,
  },
  {
    what: 'an account with a column that is missing',
    subgraph: 'user',
    sql: 'ALTER TABLE users RENAME COLUMN password_hash TO moved',
    request: (canary) => ({
      path: '/v1/auth/register',
      body: { email: `${canary}@example.com`, password: `${canary}!` },
    }),
    status: 500,
  },
];

const planted = new Map<string, Planted>();
let log: string[];

beforeAll(async () => {
  const shop = await openWatchedShop();
  for (const breakage of breakages) {
    await alter(shop.stack.databaseUrls[breakage.subgraph], breakage.sql);
    planted.set(breakage.what, await plant(shop, breakage));
  }
  log = await shop.closeAndReadLog();
}, openTimeoutMs);

async function alter(url: string, sql: string): Promise<void> {
  const dataSource = await createDataSource({ url, service: 'test', poolSize: 1 }).initialize();
  await dataSource.query(sql);
  await dataSource.destroy();
}

const find = (what: string): Planted => {
  const found = planted.get(what);
  if (!found) throw new Error(`nothing was planted as ${what}`);
  return found;
};

describe('the error message of a rejected statement', () => {
  test.each(breakages)('about $what appears in no response', ({ what, status }) => {
    const { canary, response } = find(what);

    expect([response.status, holds(response, canary)]).toEqual([status, false]);
    expect(offencesIn(response)).toEqual([`HTTP ${status}`, 'an error of ours']);
  });

  test.each(breakages)('about $what is logged without the values', ({ what, subgraph }) => {
    const { canary } = find(what);
    const bare = canary.replaceAll('-', '_');

    expect(
      log.filter(
        (line) => line.startsWith(`${subgraph} `) && /QueryFailedError|"code":"[0-9A-Z]{5}"/.test(line),
      ),
    ).not.toEqual([]);
    expect(log.filter((line) => line.includes(canary) || line.includes(bare))).toEqual([]);
  });
});
