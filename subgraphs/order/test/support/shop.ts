import { randomUUID } from 'node:crypto';
import type { Role } from '@shop/kit/auth';
import { withClient } from '@shop/local-stack/postgres';
import { graphql } from '@shop/testkit/http';
import { serviceCredential, userToken } from '@shop/testkit/keys';
import { loadOrderSettings } from '../../src/config';
import { startOrder } from '../../src/service';
import * as operations from './operations';
import { type Neighbours, silentLogger, startNeighbours } from './services';

/** Who asks, and through which service. */
export interface Asker {
  userId: string;
  role?: Role;
  /** Default gateway. */
  caller?: string;
}

// Tests look into answers of every shape.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyData = any;

export interface GraphqlAnswer {
  data: AnyData;
  /** `extensions.code` of the first error. */
  code: unknown;
  replayed: boolean;
}

/** The order subgraph with the real product and payment subgraphs. */
export type Shop = Awaited<ReturnType<typeof openShop>>;

/** @param environment settings of the order process that differ from the test run's */
export async function openShop(environment: Record<string, string> = {}) {
  const neighbours = await startNeighbours();
  const settings = loadOrderSettings({ ...neighbours.orderEnvironment, ...environment });
  const start = () => startOrder(settings, silentLogger());
  let order = await start();
  return {
    ...shopAt(order.url, neighbours),
    /** Stops the order process and starts another one in its place. */
    async restart() {
      await order.stop();
      order = await start();
    },
    async close() {
      await order.stop();
      await neighbours.stop();
    },
  };
}

/** What can be done with an order process that listens at `url`. */
export function shopAt(url: string, neighbours: Neighbours) {
  const send = graphql(url);

  async function execute(query: string, variables: object, asker?: Asker): Promise<GraphqlAnswer> {
    const { headers, body } = await send<AnyData>(query, {
      variables: { ...variables },
      headers: {
        'x-service-authorization': `Bearer ${serviceCredential(asker?.caller ?? 'gateway', 'order')}`,
      },
      ...(asker ? { token: userToken(asker) } : {}),
    });
    const replayed = headers.get('idempotent-replayed') === 'true';
    return { data: body.data, code: body.errors?.[0]?.extensions?.['code'], replayed };
  }

  const sql = <Row = AnyData>(
    subgraph: keyof Neighbours['databaseUrls'],
    text: string,
    values: unknown[] = [],
  ) =>
    withClient(
      neighbours.databaseUrls[subgraph],
      async (client) => (await client.query(text, values)).rows as Row[],
    );

  return {
    neighbours,
    databaseUrls: neighbours.databaseUrls,
    execute,
    sql,
    ...operations.operationsWith(execute),
    async newProduct(
      given: { stock?: number; priceCents?: number; currency?: string } = {},
    ): Promise<string> {
      const { stock = 10, priceCents = 1_000, currency = 'EUR' } = given;
      const [product] = await sql<{ id: string }>(
        'product',
        `WITH product AS (
           INSERT INTO products (sku, name, price_cents, currency, stock) VALUES ($1, $2, $3, $4, $5) RETURNING id, stock),
         entry AS (
           INSERT INTO stock_ledger (product_id, delta, reason, actor) SELECT id, stock, 'initial', 'test' FROM product WHERE stock > 0)
         SELECT id FROM product`,
        [`SKU-${randomUUID()}`, 'Thing', priceCents, currency, stock],
      );
      return product!.id;
    },
    async stockOf(productId: string): Promise<number> {
      const [product] = await sql<{ stock: number }>('product', 'SELECT stock FROM products WHERE id = $1', [
        productId,
      ]);
      return product!.stock;
    },
    /** Keys of the jobs that are planned for orders at rest, or that could not be finished. */
    waitingJobs: () => sql<{ key: string }>('order', 'SELECT key FROM graphile_worker.jobs'),
    async stepOf(orderId: string): Promise<string | undefined> {
      const [order] = await sql<{ step: string }>('order', 'SELECT step FROM orders WHERE id = $1', [
        orderId,
      ]);
      return order?.step;
    },
    async reservationOf(orderId: string): Promise<string | undefined> {
      const [reservation] = await sql<{ status: string }>(
        'product',
        'SELECT status FROM reservations WHERE order_id = $1',
        [orderId],
      );
      return reservation?.status;
    },
  };
}

export function newCustomer(): Asker {
  return { userId: randomUUID() };
}

export function newAdmin(): Asker {
  return { userId: randomUUID(), role: 'ADMIN' };
}
