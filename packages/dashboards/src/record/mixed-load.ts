import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { graphql, type GraphqlBody, rest } from '@shop/testkit/http';
import { storefront, type StorefrontOperation } from './storefront-operations';

export interface MixedLoad {
  /** Responses by status, and connection errors by code. */
  readonly responses: ReadonlyMap<string, number>;
  /** Waits for the visits in progress. */
  stop(): Promise<void>;
}

const pauseBetweenVisitsMs = 150;

/** Every third visit is paid with another method than `sim_success`. */
const otherMethods = [
  'sim_declined',
  'sim_insufficient_funds',
  'sim_requires_action',
  'sim_processing',
  'sim_timeout',
];

/**
 * Customers who browse, buy over REST and over GraphQL, cancel, and make mistakes, until `stop`.
 * Failures are counted, because the recording contains outages.
 */
export async function startMixedLoad(input: {
  gatewayUrl: string;
  /** Access token that cancels paid orders. */
  adminToken: string;
  customers: number;
}): Promise<MixedLoad> {
  const { gatewayUrl, adminToken, customers } = input;
  const responses = new Map<string, number>();
  let isStopped = false;
  const count = (key: string) => responses.set(key, (responses.get(key) ?? 0) + 1);

  async function counted<Response extends { status: number }>(
    send: Promise<Response>,
  ): Promise<Response | undefined> {
    try {
      const response = await send;
      count(String(response.status));
      return response;
    } catch (error) {
      count(((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? (error as Error).message);
      return undefined;
    }
  }

  const send = <Body = Record<string, unknown>>(...args: Parameters<ReturnType<typeof rest>>) =>
    counted(rest(gatewayUrl)<Body>(...args));

  async function register(): Promise<string> {
    for (;;) {
      const body = { email: `${randomUUID()}@example.com`, password: 'P@ssw0rd' };
      const response = await send<{ access_token?: string }>('POST', '/v1/auth/register', { body });
      if (response?.body.access_token) return response.body.access_token;
      await pause(pauseBetweenVisitsMs);
    }
  }

  async function buyByRest(token: string, productId: string, method: string): Promise<string | undefined> {
    const body = { items: [{ product_id: productId, quantity: 1 }] };
    const order = await send<{ id?: string }>('POST', '/v1/orders', { token, body });
    if (!order?.body.id) return undefined;
    const path = `/v1/orders/${order.body.id}`;
    await send('POST', `${path}/pay`, { token, body: { payment_method: method } });
    await send('GET', path, { token });
    return order.body.id;
  }

  /** Sends the ID of a persisted operation instead of its document. */
  const execute = <Data>(
    { id, name }: StorefrontOperation,
    { token, variables }: { token: string; variables: Record<string, unknown> },
  ) =>
    send<GraphqlBody<Data>>('POST', '/graphql', {
      token,
      body: {
        ...{ operationName: name, variables },
        extensions: { persistedQuery: { version: 1, sha256Hash: id } },
      },
    });

  async function buyByGraphql(token: string, productId: string, method: string): Promise<void> {
    await execute(storefront.browse, { token, variables: { first: 5 } });
    const created = await execute<{ createOrder: { order?: { id: string } } | null }>(
      storefront.createOrder,
      { token, variables: { productId } },
    );
    const orderId = created?.body.data?.createOrder?.order?.id;
    if (orderId) await execute(storefront.payOrder, { token, variables: { orderId, method } });
  }

  async function makeMistakes(token: string): Promise<void> {
    await send('GET', `/v1/orders/${randomUUID()}`, { token });
    await send('POST', '/v1/auth/login', {
      body: { email: 'unknown@example.com', password: 'wrong password' },
    });
    await counted(graphql(gatewayUrl)('{ noSuchField }', { token }));
    await counted(graphql(gatewayUrl)('{ products(first: 1) { nodes { id } } }', { token }));
  }

  async function visit(token: string, productIds: readonly string[], visitNumber: number): Promise<void> {
    const productId = productIds[visitNumber % productIds.length] as string;
    const method =
      visitNumber % 3 === 0
        ? (otherMethods[(visitNumber / 3) % otherMethods.length] as string)
        : 'sim_success';
    await send('GET', '/v1/me', { token });
    await send('GET', '/v1/orders?limit=5', { token });
    await send('GET', '/v1/products?limit=5');
    await send('GET', `/v1/products/${productId}`);
    const orderId = await buyByRest(token, productId, method);
    // Cancelling a paid order refunds it; only an admin may.
    if (orderId && visitNumber % 4 === 1)
      await send('POST', `/v1/orders/${orderId}/cancel`, { token: adminToken });
    await buyByGraphql(token, productId, method);
    if (visitNumber % 5 === 0) await makeMistakes(token);
    // Stays unpaid and holds its stock.
    if (visitNumber % 20 === 7)
      await send('POST', '/v1/orders', { token, body: { items: [{ product_id: productId, quantity: 1 }] } });
  }

  const catalogue = await send<{ data: { id: string }[] }>('GET', '/v1/products?limit=50');
  const productIds = catalogue?.body.data.map(({ id }) => id) ?? [];
  const visits = Array.from({ length: customers }, async (_none, index) => {
    const token = await register();
    for (let visitNumber = index; !isStopped; visitNumber += 1) {
      await visit(token, productIds, visitNumber);
      await pause(pauseBetweenVisitsMs);
    }
  });
  const ended = Promise.all(visits);
  // `stop` rejects with the error.
  ended.catch(() => undefined);
  return {
    responses,
    async stop() {
      isStopped = true;
      await ended;
    },
  };
}
