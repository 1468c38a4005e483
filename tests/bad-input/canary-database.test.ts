import { randomUUID } from 'node:crypto';
import { createDataSource } from '@shop/kit/database';
import { leaksIn } from './response-leaks';
import {
  contains,
  openLoggedShop,
  type CanaryRequest,
  sendCanary,
  type CanaryResponse,
  type LoggedShop,
} from './logged-shop';

const openTimeoutMs = 180_000;

/** A request whose statement fails after `sql`, with the canary among its values. */
interface FailingRequest extends CanaryRequest {
  subgraph: 'user' | 'product' | 'order';
  sql: string;
}

const newProduct = (canary: string) => ({
  ...{ sku: randomUUID(), price_cents: 1, currency: 'EUR' },
  ...{ name: canary, description: `the secret recipe ${canary}` },
});

const create = (canary: string, { adminToken: token }: LoggedShop) => ({
  ...{ path: '/v1/products', token, body: newProduct(canary), headers: { 'idempotency-key': canary } },
});

const failingRequests: readonly FailingRequest[] = [
  {
    title: 'a search with a missing function',
    subgraph: 'product',
    sql: 'ALTER FUNCTION search_query(text) RENAME TO search_query_moved',
    request: (canary) => ({ path: `/v1/products?search=${canary}` }),
    status: 500,
  },
  {
    title: 'a value for a column of another type',
    subgraph: 'product',
    sql: `ALTER TABLE stock_ledger DROP CONSTRAINT stock_ledger_reason_check;
          ALTER TABLE stock_ledger ALTER COLUMN reason TYPE integer USING 0`,
    request: (canary, { adminToken: token, productId }) => ({
      ...{ path: `/v1/products/${productId}/stock`, token, body: { delta: 1, reason: canary } },
    }),
    status: 500,
  },
  {
    title: 'a product that violates a check constraint',
    subgraph: 'product',
    sql: "ALTER TABLE products ADD CONSTRAINT no_secrets CHECK (name NOT LIKE 'canary%')",
    request: create,
    status: 500,
  },
  {
    title: 'a product with a missing column',
    subgraph: 'product',
    sql: 'ALTER TABLE products RENAME COLUMN description TO moved',
    request: create,
    status: 500,
  },
  {
    title: 'an idempotency key with a missing table',
    subgraph: 'product',
    sql: 'ALTER TABLE idempotency_keys RENAME TO moved',
    request: create,
    status: 500,
  },
  {
    title: 'the idempotency key of a customer with a missing table',
    subgraph: 'order',
    sql: 'ALTER TABLE idempotency_keys RENAME TO moved',
    request: (canary, { customerToken: token, productId }) => ({
      ...{ path: '/v1/orders', token, headers: { 'idempotency-key': canary } },
      body: { items: [{ product_id: productId, quantity: 1 }] },
    }),
    status: 500,
  },
  {
    title: 'a refresh token with a missing table',
    subgraph: 'user',
    sql: 'ALTER TABLE refresh_tokens RENAME TO moved',
    request: (canary) => ({
      path: '/v1/auth/refresh',
      body: { refresh_token: canary.replaceAll('-', '_').padEnd(43, 'x') },
    }),
    status: 500,
  },
  {
    title: 'an account with a missing column',
    subgraph: 'user',
    sql: 'ALTER TABLE users RENAME COLUMN password_hash TO moved',
    request: (canary) => ({
      path: '/v1/auth/register',
      body: { email: `${canary}@example.com`, password: `${canary}!` },
    }),
    status: 500,
  },
];

const responses = new Map<string, CanaryResponse>();
let log: string[];

beforeAll(async () => {
  const shop = await openLoggedShop();
  for (const failingRequest of failingRequests) {
    await alter(shop.stack.databaseUrls[failingRequest.subgraph], failingRequest.sql);
    responses.set(failingRequest.title, await sendCanary(shop, failingRequest));
  }
  log = await shop.closeAndReadLog();
}, openTimeoutMs);

async function alter(url: string, sql: string): Promise<void> {
  const dataSource = await createDataSource({ url, service: 'test', poolSize: 1 }).initialize();
  await dataSource.query(sql);
  await dataSource.destroy();
}

const find = (title: string): CanaryResponse => {
  const found = responses.get(title);
  if (!found) throw new Error(`no request was sent for ${title}`);
  return found;
};

describe('the error message of a failed statement', () => {
  test.each(failingRequests)('about $title appears in no response', ({ title, status }) => {
    const { canary, response } = find(title);

    expect([response.status, contains(response, canary)]).toEqual([status, false]);
    expect(leaksIn(response)).toEqual([`HTTP ${status}`, 'an internal error code']);
  });

  test.each(failingRequests)('about $title is logged without the values', ({ title, subgraph }) => {
    const { canary } = find(title);
    const inRefreshToken = canary.replaceAll('-', '_');

    expect(
      log.filter(
        (line) => line.startsWith(`${subgraph} `) && /QueryFailedError|"code":"[0-9A-Z]{5}"/.test(line),
      ),
    ).not.toEqual([]);
    expect(log.filter((line) => line.includes(canary) || line.includes(inRefreshToken))).toEqual([]);
  });
});
