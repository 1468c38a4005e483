import { randomUUID } from 'node:crypto';
import { serviceNames, type StackService } from '@shop/local-stack/stack';
import { eventually } from '@shop/testkit/eventually';
import { type HttpResponse, rest, type RequestOptions } from '@shop/testkit/http';
import { userToken } from '@shop/testkit/keys';
import { type ReplicatedStack, replaceProcess, startReplicatedStack } from '@shop/testkit/replicas';
import { expectInvariants } from '../invariants';
import { runLoad } from '../load';

const deadlocks: string[] = [];
let stack: ReplicatedStack;
beforeAll(async () => {
  // Longer than the health check interval of the load balancers.
  stack = await startReplicatedStack({
    env: { DRAIN_DELAY_MS: '1000' },
    onLog: (_service, line) => {
      if (line.includes('deadlock')) deadlocks.push(line);
    },
  });
});
afterAll(() => stack?.stop());

async function newProduct(stock: number): Promise<string> {
  const shop = rest(stack.gatewayUrl);
  const session = await shop('POST', '/v1/auth/login', { body: stack.admin });
  const product = await shop('POST', '/v1/products', {
    token: String(session.body['access_token']),
    body: { sku: randomUUID(), name: 'A thing', price_cents: 900, currency: 'EUR', stock },
  });
  expect(product.status).toBe(201);
  return String(product.body['id']);
}

describe('rolling restart', () => {
  test('of every process of every service under load fails no request', async () => {
    const productIds = await Promise.all([newProduct(100_000), newProduct(100_000)]);
    const load = runLoad({ url: stack.gatewayUrl, customers: 4, productIds });
    const isUnderLoad = async () => {
      const before = load.requests;
      await eventually(() => expect(load.requests).toBeGreaterThan(before + 20));
    };

    await isUnderLoad();
    // One after the other, because five concurrent starts overload a small machine.
    for (const replica of [0, 1]) {
      for (const name of serviceNames) {
        await replaceProcess(stack, stack.replicas[name][replica] as StackService);
      }
    }
    await isUnderLoad();
    await load.stop();

    expect(load.failures).toEqual([]);
    await expectInvariants(stack.databaseUrls);
  }, 600_000);
});

describe('two processes of each service', () => {
  /** Retries unknown outcomes with the same key. */
  async function sendWithRetry(
    path: string,
    options: RequestOptions,
  ): Promise<HttpResponse<Record<string, unknown>>> {
    const headers = { 'idempotency-key': randomUUID() };
    const send = async () => {
      const response = await rest(stack.gatewayUrl)('POST', path, { ...options, headers });
      const { code } = response.body;
      if (response.status === 503 || code === 'idempotency_in_progress') throw new Error(String(code));
      return response;
    };
    return eventually(send, { timeoutMs: 60_000, intervalMs: 500 });
  }

  async function buy(productId: string): Promise<unknown> {
    const token = userToken({ userId: randomUUID() });
    const items = [{ product_id: productId, quantity: 1 }];
    const { status, body: order } = await sendWithRetry('/v1/orders', { token, body: { items } });
    if (status !== 201) return order['code'];
    const body = { payment_method: 'sim_success' };
    const paid = await sendWithRetry(`/v1/orders/${String(order['id'])}/pay`, { token, body });
    return (paid.body['order'] as { status?: string } | undefined)?.status ?? paid.body['code'];
  }

  test('never oversell: of 200 buyers of the last 100 units, exactly 100 are confirmed', async () => {
    const productId = await newProduct(100);

    const outcomes = await Promise.all(Array.from({ length: 200 }, () => buy(productId)));

    expect(outcomes.filter((outcome) => outcome === 'CONFIRMED')).toHaveLength(100);
    expect(outcomes.filter((outcome) => outcome === 'out_of_stock')).toHaveLength(100);
    expect(deadlocks).toEqual([]);
    await expectInvariants(stack.databaseUrls);
  }, 600_000);
});
