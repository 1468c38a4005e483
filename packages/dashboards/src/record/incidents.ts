import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { createEvent } from '@shop/events/contracts';
import { operatorOutbox } from '@shop/events/outbox';
import { createDataSource, inTransaction } from '@shop/kit/database';
import { withClient } from '@shop/local-stack/postgres';
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
export async function failRefund(stack: Stack, token: string): Promise<void> {
  const orderId = await placeOrder(stack, token);
  await pay(stack, token, { orderId, method: 'sim_refund_failed' });
  await cancel(stack, token, orderId);
}

/**
 * Leaves a payment and a refund undecided, as if the keys of their provider had been removed.
 */
export async function loseProviderKeys(stack: Stack, token: string): Promise<void> {
  const [waiting, paid] = [await placeOrder(stack, token), await placeOrder(stack, token)];
  await pay(stack, token, { orderId: waiting, method: 'sim_requires_action' });
  await changeProvider(stack, waiting);
  await pay(stack, token, { orderId: paid, method: 'sim_success' });
  await changeProvider(stack, paid);
  await cancel(stack, token, paid);
}

function changeProvider({ databaseUrls }: Stack, orderId: string): Promise<unknown> {
  return withClient(databaseUrls.payment, (client) =>
    client.query(`UPDATE payments SET provider = 'stripe' WHERE order_id = $1`, [orderId]),
  );
}

async function placeOrder({ gatewayUrl }: Stack, token: string): Promise<string> {
  const send = rest(gatewayUrl);
  const { body: catalogue } = await send<{ data: { id: string }[] }>('GET', '/v1/products?limit=1');
  const items = [{ product_id: catalogue.data[0]?.id, quantity: 1 }];
  const { status, body } = await send<{ id: string }>('POST', '/v1/orders', { token, body: { items } });
  if (status !== 201) throw new Error(`the order was not created: ${status} ${JSON.stringify(body)}`);
  return body.id;
}

async function pay(
  { gatewayUrl }: Stack,
  token: string,
  { orderId, method }: { orderId: string; method: string },
): Promise<void> {
  const path = `/v1/orders/${orderId}/pay`;
  await rest(gatewayUrl)('POST', path, { token, body: { payment_method: method } });
}

async function cancel({ gatewayUrl }: Stack, token: string, orderId: string): Promise<void> {
  const { status } = await rest(gatewayUrl)('POST', `/v1/orders/${orderId}/cancel`, { token });
  if (status !== 200) throw new Error(`the order was not cancelled: ${status}`);
}

/** More logins at once than may wait for a hash. */
export async function exceedLogins({ gatewayUrl }: Stack, logins: number): Promise<void> {
  const send = rest(gatewayUrl);
  await Promise.all(
    Array.from({ length: logins }, () =>
      send('POST', '/v1/auth/login', {
        body: { email: `${randomUUID()}@example.com`, password: 'wrong password' },
      }),
    ),
  );
}

/** Locks every table of a database, as a migration that blocks: statements and gauges time out. */
export async function lockTables(databaseUrl: string, ms: number): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    // The lock may be part of a deadlock with a transaction of the service.
    await eventually(async () => {
      await client.query('ROLLBACK; BEGIN');
      await client.query(`LOCK TABLE ${rows.map(({ name }) => name).join(', ')} IN ACCESS EXCLUSIVE MODE`);
    });
    await pause(ms);
    await client.query('ROLLBACK');
  });
}

/** Two transactions that wait for each other, of which PostgreSQL ends one. */
export async function causeDeadlock(databaseUrl: string): Promise<void> {
  const lock = (key: number) => `SELECT pg_advisory_xact_lock(hashtext('recording'), ${key})`;
  await withClient(databaseUrl, (first) =>
    withClient(databaseUrl, async (second) => {
      await first.query(`BEGIN; ${lock(1)}`);
      await second.query(`BEGIN; ${lock(2)}`);
      const results = await Promise.allSettled([first.query(lock(2)), second.query(lock(1))]);
      if (results.every(({ status }) => status === 'fulfilled')) throw new Error('there was no deadlock');
    }),
  );
}

/** A webhook of a process that was killed while it processed it: it is due again after `ms`. */
export async function abandonWebhook({ databaseUrls }: Stack, ms: number): Promise<void> {
  await withClient(databaseUrls.payment, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE webhooks SET processed_at = NULL, outcome = NULL, due_at = now() + $1 * interval '1 ms', due_tries = 1
        WHERE (provider, id) IN (SELECT provider, id FROM webhooks WHERE due_at IS NULL LIMIT 1)`,
      [ms],
    );
    if (rowCount !== 1) throw new Error('no webhook was processed yet');
  });
}

/** New content that is served, then content that is rejected. */
export async function changeSupergraph(file: string): Promise<void> {
  appendFileSync(file, '\n# Another version.\n');
  await pause(5_000);
  appendFileSync(file, '\ntype Unfinished {\n');
}

/** Opens a connection to each service that does not speak HTTP. */
export async function sendGarbage({ services }: Stack): Promise<void> {
  for (const { url } of Object.values(services)) {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.write('not HTTP\r\n\r\n');
    await text(socket);
  }
}

/** Sends requests of one client until this number of them was rejected. */
export async function exceedRateLimit({ gatewayUrl }: Stack, rejections: number): Promise<void> {
  const send = rest(gatewayUrl);
  for (let rejected = 0; rejected < rejections;) {
    const batch = Array.from({ length: 50 }, () => send('GET', '/v1/products?limit=1'));
    rejected += (await Promise.all(batch)).filter(({ status }) => status === 429).length;
  }
}
