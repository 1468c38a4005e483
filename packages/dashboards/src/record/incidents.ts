import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createEvent } from '@shop/events/contracts';
import { operatorOutbox } from '@shop/events/outbox';
import { createDataSource, inTransaction } from '@shop/kit/database';
import { inheritedEnvironment } from '@shop/local-stack/config';
import { freePorts } from '@shop/local-stack/ports';
import { type Stack, workspaceRoot } from '@shop/local-stack/stack';
import { rest } from '@shop/testkit/http';

const run = promisify(execFile);

/** Publishes a payment of an order that does not exist: its subscriber rejects it ten times. */
export async function publishPoisonEvent(stack: Stack): Promise<void> {
  const payments = await createDataSource({
    url: stack.databaseUrls.payment,
    service: 'record',
  }).initialize();
  try {
    const paymentId = randomUUID();
    const data = {
      ...{ paymentId, orderId: randomUUID(), attempt: 1, amountCents: 100, currency: 'EUR' },
      ...{ failureCode: null, sent: true },
    };
    const event = createEvent({ source: 'payment', type: 'payment.succeeded', subject: paymentId, data });
    await inTransaction(payments, (transaction) => operatorOutbox.publish(transaction, event));
  } finally {
    await payments.destroy();
  }
}

/** Suspends a subgraph, so that its callers wait until their deadlines. */
export async function suspend(service: Stack['services']['user'], ms: number): Promise<void> {
  service.kill('SIGSTOP');
  try {
    await pause(ms);
  } finally {
    service.kill('SIGCONT');
  }
}

/** Pays with a method whose refund fails, and cancels: an operator has to retry the refund. */
export async function failRefund(stack: Stack): Promise<void> {
  const send = rest(stack.gatewayUrl);
  const account = { email: `${randomUUID()}@example.com`, password: 'P@ssw0rd' };
  const { body: session } = await send<{ access_token: string }>('POST', '/v1/auth/register', {
    body: account,
  });
  const token = session.access_token;
  const { body: catalogue } = await send<{ data: { id: string }[] }>('GET', '/v1/products?limit=1');
  const items = [{ product_id: catalogue.data[0]?.id, quantity: 1 }];
  const { body: order } = await send<{ id: string }>('POST', '/v1/orders', { token, body: { items } });
  const path = `/v1/orders/${order.id}`;
  await send('POST', `${path}/pay`, { token, body: { payment_method: 'sim_refund_failed' } });
  await send('POST', `${path}/cancel`, { token });
}

/** More requests at once than one client may send. */
export async function exceedRateLimit(stack: Stack, requests: number): Promise<void> {
  const url = `${stack.gatewayUrl}/v1/products?limit=1`;
  for (let sent = 0; sent < requests; sent += 50)
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const response = await fetch(url);
        await response.arrayBuffer();
      }),
    );
}

/** Serves the output of `npm run reconcile -- --prometheus`, as a textfile collector does. */
export async function serveReconcile(stack: Stack) {
  let text = '';
  const [port = 0] = await freePorts(1);
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/plain').end(text),
  );
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${port}`,
    async reconcile(): Promise<void> {
      const program = ['operations/dist/main.js', 'reconcile', '--prometheus'];
      const env = { ...inheritedEnvironment, DATA_DIR: stack.dataDir };
      // Exit code 1 is a breach, which is part of the metrics.
      const output = await run(process.execPath, program, { cwd: workspaceRoot, env }).catch(
        (error: { stdout: string }) => error,
      );
      text = output.stdout;
    },
    stop: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}
