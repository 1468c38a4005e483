import { randomUUID } from 'node:crypto';
import type { Role } from '@shop/access';
import { withClient } from '@shop/local-stack/postgres';
import { eventually } from '@shop/testkit/eventually';
import { graphql } from '@shop/testkit/http';
import { serviceCredential, userToken } from '@shop/testkit/keys';
import { expectInvariants } from '../../../../tests/invariants';
import { loadOrderSettings } from '../../src/config';
import { startOrder } from '../../src/service';
import * as operations from './operations';
import { type Neighbours, silentLogger, startNeighbours } from './services';

/** The user and the calling service of a request. */
export interface TestUser {
  userId: string;
  role?: Role;
  /** Default gateway. */
  caller?: string;
  /** The trace of the user's requests. */
  traceparent?: string;
}

// Tests read results of every shape.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyData = any;

export interface GraphqlResult {
  data: AnyData;
  /** `extensions.code` of the first error. */
  code: unknown;
  /** Of each error. */
  errorPaths: unknown[];
  replayed: boolean;
}

/** The order subgraph with the real product and payment subgraphs. */
export type Shop = Awaited<ReturnType<typeof openShop>>;

/** @param environment settings of the order process, or a function that returns them */
export async function openShop(
  environment: Record<string, string> | ((neighbours: Neighbours) => Record<string, string>) = {},
) {
  const neighbours = await startNeighbours();
  const changes = typeof environment === 'function' ? environment(neighbours) : environment;
  const settings = loadOrderSettings({ ...neighbours.orderEnvironment, ...changes });
  const order = await startOrder(settings, silentLogger());
  neighbours.proxies.order.setTarget(order.url);
  return {
    ...shopAt(order.url, neighbours),
    url: order.url,
    async close() {
      await order.stop();
      await neighbours.stop();
    },
  };
}

/** A client of the order process at `url`. */
export function shopAt(url: string, neighbours: Neighbours) {
  const send = graphql(url);

  async function execute(query: string, variables: object, user?: TestUser): Promise<GraphqlResult> {
    const { headers, body } = await send<AnyData>(query, {
      variables: { ...variables },
      headers: {
        'x-service-authorization': `Bearer ${serviceCredential(user?.caller ?? 'gateway', 'order')}`,
        ...(user?.traceparent ? { traceparent: user.traceparent } : {}),
      },
      ...(user ? { token: userToken(user) } : {}),
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

  const requests = operations.operationsWith(execute);

  /**
   * Makes all unfinished orders due now, including claimed ones. Locks them in the order of their IDs,
   * as the service does.
   */
  const makeOrdersDue = () =>
    sql(
      'order',
      `UPDATE orders SET due_at = now()
        WHERE id IN (SELECT id FROM orders WHERE due_at IS NOT NULL ORDER BY id FOR UPDATE)`,
    );

  async function newProduct(
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
  }

  /** A new customer's unpaid order of `quantity` units of a new product, of which there were `stock`. */
  async function newUnpaidOrder({ stock, quantity }: { stock: number; quantity: number }) {
    const customer = newCustomer();
    const productId = await newProduct({ stock });
    const order = await requests.newOrder(customer, [{ productId, quantity }]);
    return { customer, productId, orderId: order.id, order };
  }

  return {
    neighbours,
    databaseUrls: neighbours.databaseUrls,
    execute,
    sql,
    ...requests,
    newProduct,
    newUnpaidOrder,
    async stockOf(productId: string): Promise<number> {
      const [product] = await sql<{ stock: number }>('product', 'SELECT stock FROM products WHERE id = $1', [
        productId,
      ]);
      return product!.stock;
    },
    makeOrdersDue,
    /** Checks the invariants after making all unfinished orders due. */
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
    paymentsOf: (orderId: string) =>
      sql<{ status: string }>('payment', 'SELECT status FROM payments WHERE order_id = $1', [orderId]),
    /** The trace IDs of an order's timeline that `user` sees. */
    async timelineTraces(user: TestUser, id: string): Promise<(string | null)[]> {
      const query = 'query ($id: ID!) { order(id: $id) { timeline { traceId } } }';
      const { data } = await execute(query, { id }, user);
      return data.order.timeline.map(({ traceId }: { traceId: string | null }) => traceId);
    },
    /** Number of payment events that the order service has consumed. */
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

/** For `openShop`: the order process calls the other services through the proxies. */
export function throughProxies({ proxies }: Neighbours): Record<string, string> {
  return { PRODUCT_URL: proxies.product.url, PAYMENT_URL: proxies.payment.url };
}

/** The user in a trace whose ID repeats one hexadecimal digit. */
export function inTrace(digit: string, user: TestUser): TestUser {
  return { ...user, traceparent: `00-${digit.repeat(32)}-b7ad6b7169203331-00` };
}

export function newCustomer(): TestUser {
  return { userId: randomUUID() };
}

export function newAdmin(): TestUser {
  return { userId: randomUUID(), role: 'ADMIN' };
}
