import { randomUUID } from 'node:crypto';
import { withClient } from '@shop/local-stack/postgres';
import { type Account, registerAccount } from '../clients/account';
import { sendWithRetry } from '../clients/retry';
import { orderIdIn } from '../clients/perform';
import type { ShopResponse, ShopRequest } from '../clients/request';
import { toInvariantResult } from '../report/invariant-result';
import { addProduct } from '../shop/assortment';
import type { Phase } from './phase';

const concurrentRequests = 100;

/** Sends the same request a hundred times concurrently. */
export const oneKeyPhase: Phase = async ({ shop: openShop }) => {
  const { admin, send, stack } = await openShop();
  const customer = await registerAccount(send);
  const items = [{ product_id: await addProduct(admin, concurrentRequests), quantity: 1 }];
  const orders = await sendConcurrently(customer, { method: 'POST', path: '/v1/orders', body: { items } });
  const orderId = orderIdIn(orders[0]!);
  const body = { payment_method: 'sim_success' };
  const payments = await sendConcurrently(customer, {
    method: 'POST',
    path: `/v1/orders/${orderId}/pay`,
    body,
  });
  const orderCount = await count(
    stack.databaseUrls.order,
    'SELECT FROM orders WHERE user_id = $1',
    customer.userId,
  );
  const chargeCount = await count(
    stack.databaseUrls.payment,
    `SELECT FROM simulator.charges WHERE order_id = $1 AND outcome = 'succeeded'`,
    orderId,
  );
  const responses = new Set([...orders, ...payments].map(describeResponse));
  return {
    results: [
      toInvariantResult(
        'one effect per idempotency key',
        `${concurrentRequests} concurrent requests that create an order with one key, and ${concurrentRequests} that pay it with one key: orders ${orderCount}, charges ${chargeCount}, ${responses.size === 2 ? 'all responses equal' : 'different responses'}`,
        orderCount === 1 && chargeCount === 1 && responses.size === 2 ? [] : [...responses],
      ),
    ],
  };
};

async function sendConcurrently(customer: Account, request: ShopRequest): Promise<ShopResponse[]> {
  const key = randomUUID();
  return Promise.all(
    Array.from({ length: concurrentRequests }, () => sendWithRetry(customer.send, request, key)),
  );
}

function describeResponse(response: ShopResponse): string {
  const payment = response.body['payment'] as { id?: string; status?: string } | undefined;
  return [response.status, response.code, orderIdIn(response), payment?.id, payment?.status]
    .filter(Boolean)
    .join(' ');
}

function count(databaseUrl: string, select: string, id: string | null): Promise<number> {
  return withClient(databaseUrl, async (client) => (await client.query(select, [id])).rowCount ?? 0);
}
