import { mkdtempSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@shop/local-stack/ports';
import { withClient } from '@shop/local-stack/postgres';
import { cloneDatabase, type TestDatabase } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { type OrderSubscriber, startOrderSubscriber } from './support/order-subscriber';
import { type PaymentProcess, startPaymentProcess } from './support/payment-process';

let database: TestDatabase;
let subscriber: OrderSubscriber;
let running: PaymentProcess[];
beforeEach(async () => {
  database = await cloneDatabase('payment');
  subscriber = await startOrderSubscriber();
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((process) => process.kill()));
  await subscriber.stop();
  await database.drop();
});

async function start(environment: Record<string, string> = {}): Promise<PaymentProcess> {
  const process = await startPaymentProcess(database.url, subscriber.url, environment);
  running.push(process);
  return process;
}

const sql = <Row>(text: string, values: unknown[] = []): Promise<Row[]> =>
  withClient(database.url, async (client) => (await client.query(text, values)).rows as Row[]);

const count = async (from: string): Promise<number> => {
  const [row] = await sql<{ count: number }>(`SELECT count(*)::int AS count FROM ${from}`);
  return row?.count ?? 0;
};

/** Inserts attempts that were not sent to the provider, due now. @returns the ID of the last one */
async function insertAttempts(number: number, paymentMethod = 'sim_success'): Promise<string> {
  const rows = await sql<{ id: string }>(
    `INSERT INTO payments (order_id, attempt, user_id, amount_cents, currency, payment_method, status, sent, provider,
                           provider_key, due_at)
     SELECT id, 1, uuidv7(), 100, 'EUR', $2, 'PENDING', true, 'simulator', id || ':1', now()
       FROM (SELECT uuidv7() AS id FROM generate_series(1, $1)) AS orders
     RETURNING id`,
    [number, paymentMethod],
  );
  return rows.at(-1)!.id;
}

const webhooksOfAll = `
  INSERT INTO webhooks (provider, id, type, charge_key, body, occurred_at, due_at)
  SELECT 'simulator', provider_key, 'charge.succeeded', provider_key, '', now(), now() FROM payments
  ON CONFLICT DO NOTHING`;

const refundsOfAll = `
  INSERT INTO refunds (payment_id, provider_key, due_at) SELECT id, 'refund:' || provider_key, now() FROM payments
  ON CONFLICT DO NOTHING`;

const nothingDue = (table: string) =>
  eventually(async () => expect(await count(`${table} WHERE due_at IS NOT NULL`)).toBe(0), {
    timeoutMs: 30_000,
  });

describe('Two processes', () => {
  it('share due payments, webhooks, refunds and events, and process each once', async () => {
    const ports = await freePorts(2);
    for (const port of ports) await start({ METRICS_PORT: String(port) });
    const claimed = async (port: number, work: string) => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return Number(new RegExp(`shop_due_rows_claimed_total{work="${work}"} (\\d+)`).exec(text)?.[1] ?? 0);
    };

    // Until both processes have handled some.
    await eventually(
      async () => {
        await insertAttempts(50);
        await nothingDue('payments');
        await sql(webhooksOfAll);
        await nothingDue('webhooks');
        await sql(refundsOfAll);
        await nothingDue('refunds');
        for (const port of ports)
          for (const work of ['payments', 'webhooks', 'refunds'])
            expect(await claimed(port, work)).toBeGreaterThan(0);
      },
      { timeoutMs: 60_000 },
    );

    await nothingDue('event_deliveries');
    const all = await count('payments');
    expect(await count(`payments WHERE status = 'REFUNDED' AND visits = 1`)).toBe(all);
    expect(await count(`webhooks WHERE outcome = 'already_decided' AND attempts = 1`)).toBe(all);
    expect(await count(`refunds WHERE status = 'SUCCEEDED' AND tries = 1`)).toBe(all);
    expect(await count('simulator.charges')).toBe(all);
    expect(await count('simulator.refunds')).toBe(all);
    const orders = await sql<{ id: string }>('SELECT order_id AS id FROM payments');
    for (const { id } of orders) {
      const events = new Map(subscriber.eventsOf(id).map((event) => [event.id, event.type]));
      expect([...events.values()].sort()).toEqual(['payment.refunded', 'payment.succeeded']);
    }
  });
});

describe('A process that is paused for longer than its lease', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stop-points-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  /** Starts a process that pauses at `point`, and waits until it has paused. */
  async function stopAt(point: string, work: () => Promise<unknown>): Promise<PaymentProcess> {
    const file = join(directory, point);
    writeFileSync(file, 'SIGSTOP');
    const stopped = await start({ CRASH_POINTS_DIR: directory });
    await work();
    await eventually(() => expect(existsSync(file)).toBe(false));
    return stopped;
  }

  /** Continues the process, and returns when it has run the statement with this name, which writes `table`. */
  async function resumeThrough(stopped: PaymentProcess, table: string, statement: string): Promise<void> {
    const running = `SELECT FROM pg_stat_activity
                      WHERE datname = current_database() AND state = 'active' AND query LIKE '/* ${statement} */%'`;
    await withClient(database.url, async (client) => {
      // An UPDATE waits for this lock also if it will find no row; reads do not wait.
      await client.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`);
      stopped.resume();
      await eventually(async () => expect(await sql(running)).toHaveLength(1));
      await client.query('COMMIT');
    });
    await eventually(async () => expect(await sql(running)).toEqual([]));
  }

  const paymentRow = (id: string) =>
    sql<{ key: string }>('SELECT *, provider_key AS key FROM payments WHERE id = $1', [id]);

  it('does not store the result of its inquiry, and charges nothing under another key', async () => {
    let id = '';
    const stopped = await stopAt('payment.visit_begun.after-commit', async () => {
      id = await insertAttempts(1, 'sim_requires_action');
    });
    await start();
    await sql('UPDATE payments SET due_at = now() WHERE id = $1', [id]);
    await eventually(async () =>
      expect(await count(`payments WHERE status = 'REQUIRES_ACTION' AND visits = 2`)).toBe(1),
    );
    await sql(`UPDATE payments SET due_at = now() + interval '1 hour' WHERE id = $1`, [id]);
    const decided = await paymentRow(id);

    await resumeThrough(stopped, 'payments', 'PaymentRepository.decide');
    expect(await paymentRow(id)).toEqual(decided);
    expect(await sql('SELECT key FROM simulator.charges')).toEqual([{ key: decided[0]!.key }]);
  });

  it('does not store the result of its refund try, and the charge is refunded once', async () => {
    await start();
    const id = await insertAttempts(1, 'sim_refund_pending');
    await nothingDue('payments');
    await Promise.all(running.map((process) => process.kill()));
    const stopped = await stopAt('payment.refund_tried.after-commit', () => sql(refundsOfAll));
    await start();
    await sql('UPDATE refunds SET due_at = now()');
    await eventually(async () => expect(await count('refunds WHERE tries = 2 AND due_at > now()')).toBe(1));
    await eventually(async () => expect(await count('simulator.refunds WHERE settles_at < now()')).toBe(1));

    await sql(`UPDATE refunds SET due_at = now() + interval '1 hour'`);
    const pending = await sql('SELECT * FROM refunds');
    await resumeThrough(stopped, 'refunds', 'RefundRepository.markSucceeded');
    expect(await sql('SELECT * FROM refunds')).toEqual(pending);

    await sql('UPDATE refunds SET due_at = now()');
    await eventually(async () => expect(await count(`refunds WHERE status = 'SUCCEEDED'`)).toBe(1));
    expect(await count(`payments WHERE id = '${id}' AND status = 'REFUNDED'`)).toBe(1);
    expect(await count('simulator.refunds')).toBe(1);
  });
});
