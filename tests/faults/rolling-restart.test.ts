import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager, type StreamState } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { withClient } from '@shop/local-stack/postgres';
import { serviceNames, type StackService } from '@shop/local-stack/stack';
import { cloneDatabase, runProgram } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { type GraphqlBody, type HttpResponse, rest, type RequestOptions } from '@shop/testkit/http';
import { serviceCredential, userToken } from '@shop/testkit/keys';
import { scrape } from '@shop/testkit/metrics';
import { natsProgram, type NatsServer, startNatsServer } from '@shop/testkit/nats';
import { describeWithRedis, redisProgram, type RedisServer, startRedisServer } from '@shop/testkit/redis';
import { type ReplicatedStack, replaceProcess, startReplicatedStack } from '@shop/testkit/replicas';
import { expectInvariants } from '../invariants';
import { runLoad } from '../load';

/** Rounds of restarts of each process; `ROLLING_RESTARTS=3 LOAD_READERS=16` is the full variant. */
const rounds = Number(process.env['ROLLING_RESTARTS'] ?? 1);
/** Connections that read products, 5 times per second each, beside the four customers. */
const readers = Number(process.env['LOAD_READERS'] ?? 2);

const deadlocks: string[] = [];
/** Of every process of the order subgraph that was started. */
const metricsUrls: string[] = [];
let stack: ReplicatedStack;
let broker: NatsServer | undefined;
let store: RedisServer | undefined;
beforeAll(async () => {
  // Without the programs, events are sent over HTTP and each process counts failed logins alone.
  broker = natsProgram() ? await startNatsServer() : undefined;
  store = redisProgram() ? await startRedisServer() : undefined;
  stack = await startReplicatedStack({
    env: {
      // Longer than the health check interval of the load balancers.
      DRAIN_DELAY_MS: '1000',
      ...(broker && { NATS_URL: broker.url }),
      ...(store && { REDIS_URL: store.url }),
    },
    serviceEnv: { order: { METRICS_PORT: '0', LOG_LEVEL: 'info', ACCESS_LOG_SAMPLE: '0' } },
    onLog: (_service, line) => {
      if (line.includes('deadlock')) deadlocks.push(line);
      if (line.includes('"serving metrics"')) metricsUrls.push((JSON.parse(line) as { url: string }).url);
    },
  });
});
afterAll(async () => {
  await stack?.stop();
  await broker?.close();
  await store?.kill();
});

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
  test('of every process of every service under load, with NATS and Redis lost for some time, fails no request', async () => {
    const productIds = await Promise.all([newProduct(100_000), newProduct(100_000)]);
    const load = runLoad({ url: stack.gatewayUrl, customers: 4, readers, productIds });
    const logins = logInRepeatedly();
    const isUnderLoad = async () => {
      const before = load.requests;
      await eventually(() => expect(load.requests).toBeGreaterThan(before + 20));
    };

    const bothProcessesClaim = () => eventually(async () => expect(await claimingProcesses()).toBe(2));

    const restarts = Array.from({ length: rounds }, () => [0, 1])
      .flat()
      .flatMap((replica) => serviceNames.map((name) => stack.replicas[name][replica] as StackService));
    const rates: number[] = [];
    try {
      await isUnderLoad();
      await bothProcessesClaim();
      // One after the other, because five concurrent starts overload a small machine.
      for (const [index, service] of restarts.entries()) {
        if (index === restarts.length / 2) await Promise.all([broker?.kill(), store?.kill()]);
        const [before, startedAt] = [load.requests, performance.now()];
        await replaceProcess(stack, service);
        rates.push(((load.requests - before) * 1_000) / (performance.now() - startedAt));
        if (index === restarts.length / 2 + serviceNames.length - 1)
          await Promise.all([broker?.start(), store?.start()]);
      }
      await isUnderLoad();
      await bothProcessesClaim();
    } finally {
      await Promise.all([load.stop(), logins.stop()]);
    }
    const [lowest = 0, median = 0] = [Math.min(...rates), rates.toSorted((x, y) => x - y)[rounds * 5]];
    process.stdout.write(
      `rolling restart: ${restarts.length} restarts, ${load.requests} requests, ${load.failures.length} failed; ` +
        `${logins.count} logins, ${logins.failures.length} failed; ` +
        `requests/s during a restart: median ${median.toFixed(1)}, lowest ${lowest.toFixed(1)}\n`,
    );

    expect(load.failures).toEqual([]);
    expect(logins.failures).toEqual([]);
    await expectInvariants(stack.databaseUrls);
    await eventually(expectProcessedOnce, { timeoutMs: 60_000 });
  }, 1_800_000);

  /** The number of running order processes that have claimed rows. */
  async function claimingProcesses(): Promise<number> {
    const scrapes = await Promise.all(
      metricsUrls.map((url) => scrape(url).catch(() => new Map<string, number>())),
    );
    const hasClaimed = (samples: ReadonlyMap<string, number>) =>
      [...samples].some(([series, value]) => series.startsWith('shop_due_rows_claimed_total') && value > 0);
    return scrapes.filter(hasClaimed).length;
  }

  /** Logs in with the right password, again and again. */
  function logInRepeatedly() {
    const failures: unknown[] = [];
    let [count, isStopped] = [0, false];
    const running = (async () => {
      while (!isStopped) {
        const next = pause(500);
        const { status, body } = await rest(stack.gatewayUrl)('POST', '/v1/auth/login', {
          body: stack.admin,
        }).catch((error: Error) => ({ status: 0, body: error.cause }));
        count += 1;
        if (status !== 200) failures.push({ status, body });
        await next;
      }
    })();
    return {
      failures,
      get count() {
        return count;
      },
      stop() {
        isStopped = true;
        return running;
      },
    };
  }
});

/** Each order was paid once, and each event was processed and stored once, whoever claimed its row. */
async function expectProcessedOnce(): Promise<void> {
  const count = async (subgraph: 'product' | 'order' | 'payment', sql: string) => {
    const { rows } = await withClient(stack.databaseUrls[subgraph], (client) =>
      client.query<{ n: number }>(sql),
    );
    return rows[0]?.n;
  };
  const confirmed = await count('order', `SELECT count(*)::int AS n FROM orders WHERE status = 'CONFIRMED'`);
  expect(confirmed).toBeGreaterThan(0);
  expect({
    paid: await count('order', `SELECT count(*)::int AS n FROM order_events WHERE message = 'Paid.'`),
    processed: await count('order', 'SELECT count(*)::int AS n FROM inbox'),
    charged: await count('payment', 'SELECT count(*)::int AS n FROM simulator.charges'),
    committed: await count(
      'product',
      `SELECT count(*)::int AS n FROM reservations WHERE status = 'COMMITTED'`,
    ),
  }).toEqual({ paid: confirmed, processed: confirmed, charged: confirmed, committed: confirmed });
  if (!broker) return;
  const { subjects, bytes, messages } = await streamState(broker.url);
  expect(subjects).toMatchObject({
    'events.order.created': confirmed,
    'events.payment.succeeded': confirmed,
    'events.order.confirmed': confirmed,
  });
  process.stdout.write(`event stream: ${messages} events, ${Math.round(bytes / messages)} bytes each\n`);
}

async function streamState(url: string): Promise<StreamState> {
  const connection = await connect({ servers: url });
  try {
    const { streams } = await jetstreamManager(connection);
    return (await streams.info('SHOP_EVENTS', { subjects_filter: '>' })).state;
  } finally {
    await connection.close();
  }
}

describeWithRedis('two processes share through Redis', () => {
  const processes = (name: 'user' | 'gateway') =>
    stack.replicas[name] as readonly [StackService, StackService];

  /** Sends a mutation to one process of the user subgraph, as the gateway. @returns the type of its result */
  async function sendTo(service: StackService, field: 'login' | 'register', input: object): Promise<string> {
    const type = field === 'login' ? 'LoginInput' : 'RegisterInput';
    const { body } = await rest(service.url)<GraphqlBody<Record<string, { __typename: string }>>>(
      'POST',
      '/graphql',
      {
        headers: {
          'x-service-authorization': `Bearer ${serviceCredential('gateway', 'user')}`,
          'x-client-address': '192.0.2.1',
        },
        body: {
          query: `mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`,
          variables: { input },
        },
      },
    );
    return body.data?.[field]?.__typename ?? JSON.stringify(body.errors);
  }

  const password = 'correct horse battery staple';

  test('failed logins: ten at one process also block the account at the other', async () => {
    const [first, second] = processes('user');
    const email = `customer-${randomUUID()}@example.com`;
    expect(await sendTo(first, 'register', { email, password })).toBe('AuthSession');
    for (let attempt = 0; attempt < 10; attempt += 1)
      expect(await sendTo(first, 'login', { email, password: 'wrong' })).toBe('InvalidCredentials');
    expect(await sendTo(second, 'login', { email, password })).toBe('TooManyAttempts');
  });

  test('registrations: ten of one email at one process also block it at the other', async () => {
    const [first, second] = processes('user');
    const email = `customer-${randomUUID()}@example.com`;
    for (let attempt = 0; attempt < 10; attempt += 1)
      expect(await sendTo(first, 'register', { email, password })).toBe(
        attempt === 0 ? 'AuthSession' : 'EmailTaken',
      );
    expect(await sendTo(second, 'register', { email, password })).toBe('TooManyAttempts');
  });

  test('automatic persisted queries: one gateway executes what a client registered at the other', async () => {
    const [first, second] = processes('gateway');
    const query = `query Q${randomUUID().replaceAll('-', '')} { __typename }`;
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const send = async (service: StackService, text?: string) => {
      const body = { query: text, extensions: { persistedQuery: { version: 1, sha256Hash } } };
      return (await rest(service.url)<GraphqlBody<object>>('POST', '/graphql', { body })).body;
    };
    expect(await send(second)).toMatchObject({
      errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
    expect(await send(first, query)).toEqual({ data: { __typename: 'Query' } });
    await eventually(async () => expect(await send(second)).toEqual({ data: { __typename: 'Query' } }));
  });
});

test('of two processes that migrate an empty database concurrently, one runs each migration', async () => {
  const database = await cloneDatabase('order');
  try {
    const names = () =>
      withClient(database.url, async (client) => {
        const { rows } = await client.query<{ name: string }>(
          'SELECT name FROM schema_migrations ORDER BY 1',
        );
        return rows.map(({ name }) => name);
      });
    const migrated = await names();
    await withClient(database.url, (client) =>
      client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public'),
    );
    const migrate = () => runProgram('order', 'migrate', database.url);
    await Promise.all([migrate(), migrate()]);
    expect(await names()).toEqual(migrated);
  } finally {
    await database.drop();
  }
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
