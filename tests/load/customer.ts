import { randomUUID } from 'node:crypto';
import { userToken } from '@shop/testkit/keys';
import type { Connection, LoadResponse, LoadRequest } from './connection';

/** A request without a successful response. */
export interface Failure {
  /** Milliseconds since the start of the load. */
  atMs: number;
  /** Method and route, without ids. */
  request: string;
  /** Status, code and detail of the response, or the code of the connection's error. */
  kind: string;
}

/** Browses products, orders one and pays. */
export interface Customer {
  /** @returns the number of requests; the visit stops when the order was not created */
  visit(productIds: readonly string[]): Promise<number>;
  /** Reads one product. @returns the number of requests */
  read(productIds: readonly string[]): Promise<number>;
}

/** @param fail called for each request without a successful response */
export function createCustomer(
  connection: Connection,
  fail: (failure: Omit<Failure, 'atMs'>) => void,
): Customer {
  const authorization = `Bearer ${userToken({ userId: randomUUID() })}`;
  let requests = 0;

  async function send(request: LoadRequest): Promise<LoadResponse | undefined> {
    requests += 1;
    const { method, path } = request;
    const headers = {
      authorization,
      ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
    };
    const route = `${method} ${path.replace(/[0-9a-f-]{36}/, ':id').replace(/\?.*/, '')}`;
    try {
      const response = await connection.send({ ...request, headers });
      if (response.status < 300) return response;
      const { code = null, detail = null } = response.body;
      fail({ request: route, kind: `${response.status} ${JSON.stringify([code, detail])}` });
    } catch (error) {
      fail({ request: route, kind: (error as NodeJS.ErrnoException).code ?? String(error) });
    }
    return undefined;
  }

  const pick = (ids: readonly string[]) => ids[Math.floor(Math.random() * ids.length)] as string;

  return {
    async read(productIds) {
      requests = 0;
      await send({ method: 'GET', path: `/v1/products/${pick(productIds)}` });
      return requests;
    },
    async visit(productIds) {
      requests = 0;
      const productId = pick(productIds);
      await send({ method: 'GET', path: '/v1/products?limit=5' });
      await send({ method: 'GET', path: `/v1/products/${productId}` });
      const body = { items: [{ product_id: productId, quantity: 1 }] };
      const order = await send({ method: 'POST', path: '/v1/orders', body });
      if (!order) return requests;
      const orderPath = `/v1/orders/${String(order.body['id'])}`;
      await send({ method: 'POST', path: `${orderPath}/pay`, body: { payment_method: 'sim_success' } });
      await send({ method: 'GET', path: orderPath });
      await send({ method: 'GET', path: '/v1/orders?limit=5' });
      return requests;
    },
  };
}
