import { randomUUID } from 'node:crypto';
import type { Role } from '@shop/kit/auth';
import { withClient } from '@shop/local-stack/postgres';
import { eventually } from '@shop/testkit/eventually';
import { graphql } from '@shop/testkit/http';
import { serviceCredential, userToken } from '@shop/testkit/keys';
import { expectInvariants } from '../../../../tests/invariants';
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
  /** Of each error. */
  errorPaths: unknown[];
  replayed: boolean;
}

/** The order subgraph with the real product and payment subgraphs. */
export type Shop = Awaited<ReturnType<typeof openShop>>;

/** @param environment settings of the order process that differ from the test run's, or what makes them */
export async function openShop(
  environment: Record<string, string> | ((neighbours: Neighbours) => Record<string, string>) = {},
) {
  const neighbours = await startNeighbours();
  const changes = typeof environment === 'function' ? environment(neighbours) : environment;
  const settings = loadOrderSettings({ ...neighbours.orderEnvironment, ...changes });
  const order = await startOrder(settings, silentLogger());
  neighbours.proxies.order.leadTo(order.url);
  return {
    ...shopAt(order.url, neighbours),
    url: order.url,
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
    const { data, errors = [] } = body;
    const errorPaths = errors.map(({ path }) => path);
    return { data, code: errors[0]?.extensions?.['code'], errorPaths, replayed };
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

  /** All orders with work left are due now, also those that a process has claimed. */
  const makeOrdersDue = () => sql('order', 'UPDATE orders SET due_at = now() WHERE due_at IS NOT NULL');

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
    makeOrdersDue,
    /** Invariants, with all orders that have work left due now. */
    expectInvariantsSoon: () =>
      eventually(async () => {
        await makeOrdersDue();
        await expectInvariants(neighbours.databaseUrls, { timeoutMs: 500 });
      }),
    async stepOf(orderId: string): Promise<string | undefined> {
      const [order] = await sql<{ step: string }>('order', 'SELECT step FROM orders WHERE id = $1', [
        orderId,
      ]);
      return order?.step;
    },
    /** Events of payments that the order service has consumed. */
    async consumedEvents(): Promise<number> {
      const [inbox] = await sql<{ count: number }>('order', 'SELECT count(*)::int AS count FROM inbox');
      return inbox!.count;
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

/** For `openShop`: the order process calls its neighbours through the proxies, so that answers can be lost. */
export function throughProxies({ proxies }: Neighbours): Record<string, string> {
  return { PRODUCT_URL: proxies.product.url, PAYMENT_URL: proxies.payment.url };
}

export function newCustomer(): Asker {
  return { userId: randomUUID() };
}

export function newAdmin(): Asker {
  return { userId: randomUUID(), role: 'ADMIN' };
}
