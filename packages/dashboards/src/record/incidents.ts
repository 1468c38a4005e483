import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { createEvent } from '@shop/events/contracts';
import { operatorOutbox } from '@shop/events/outbox';
import { createDataSource, inTransaction } from '@shop/kit/database';
import type { Stack } from '@shop/local-stack/stack';
import { eventually } from '@shop/testkit/eventually';
import { rest } from '@shop/testkit/http';

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

/** An access token. Logins are tried again, because hashing of passwords may be overloaded. */
export function loginAdmin({ gatewayUrl, admin }: Stack): Promise<string> {
  return eventually(async () => {
    const { status, body } = await rest(gatewayUrl)('POST', '/v1/auth/login', { body: admin });
    if (status !== 200) throw new Error(`the admin could not log in: ${status}`);
    return String(body['access_token']);
  });
}

/** Pays as an admin with a method whose refund fails, and cancels: an operator has to retry the refund. */
export async function failRefund({ gatewayUrl }: Stack, token: string): Promise<void> {
  const send = rest(gatewayUrl);
  const { body: catalogue } = await send<{ data: { id: string }[] }>('GET', '/v1/products?limit=1');
  const items = [{ product_id: catalogue.data[0]?.id, quantity: 1 }];
  const { body: order } = await send<{ id: string }>('POST', '/v1/orders', { token, body: { items } });
  const path = `/v1/orders/${order.id}`;
  await send('POST', `${path}/pay`, { token, body: { payment_method: 'sim_refund_failed' } });
  const cancelled = await send('POST', `${path}/cancel`, { token });
  if (cancelled.status !== 200) throw new Error(`the order was not cancelled: ${cancelled.status}`);
}

/** New content that is served, then content that is rejected. */
export async function changeSupergraph(file: string): Promise<void> {
  appendFileSync(file, '\n# Another version.\n');
  await pause(5_000);
  appendFileSync(file, '\ntype Unfinished {\n');
}

/** Opens a connection to the gateway that does not speak HTTP. */
export async function sendGarbage({ gatewayUrl }: Stack): Promise<void> {
  const { hostname, port } = new URL(gatewayUrl);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write('not HTTP\r\n\r\n');
  await text(socket);
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
