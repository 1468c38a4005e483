import { randomUUID } from 'node:crypto';
import { userToken } from '@shop/testkit/keys';
import type { Connection, LoadAnswer, LoadRequest } from './connection';

/** A request that was not answered with success. */
export interface Failure {
  /** Milliseconds since the load began. */
  atMs: number;
  /** Method and route, without ids. */
  request: string;
  /** Status, code and detail of the answer, or the code of the connection's error. */
  kind: string;
}

/** A customer who walks through the shop once: looks around, orders one thing and pays. */
export interface Customer {
  /** Answers how many requests were made; the visit ends early when the order was not made. */
  visit(productIds: readonly string[]): Promise<number>;
}

/** @param fail hears of each request that was not answered with success */
export function createCustomer(
  connection: Connection,
  fail: (failure: Omit<Failure, 'atMs'>) => void,
): Customer {
  const authorization = `Bearer ${userToken({ userId: randomUUID() })}`;
  let requests = 0;

  async function ask(request: LoadRequest): Promise<LoadAnswer | undefined> {
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

  return {
    async visit(productIds) {
      requests = 0;
      const productId = productIds[Math.floor(Math.random() * productIds.length)] as string;
      await ask({ method: 'GET', path: '/v1/products?limit=5' });
      await ask({ method: 'GET', path: `/v1/products/${productId}` });
      const body = { items: [{ product_id: productId, quantity: 1 }] };
      const order = await ask({ method: 'POST', path: '/v1/orders', body });
      if (!order) return requests;
      const orderPath = `/v1/orders/${String(order.body['id'])}`;
      await ask({ method: 'POST', path: `${orderPath}/pay`, body: { payment_method: 'sim_success' } });
      await ask({ method: 'GET', path: orderPath });
      await ask({ method: 'GET', path: '/v1/orders?limit=5' });
      return requests;
    },
  };
}
