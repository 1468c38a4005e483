import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { withClient } from '@shop/local-stack/postgres';
import { programEnvironment } from '@shop/testkit/database';
import { eventually } from '@shop/testkit/eventually';
import { samplesOf } from '@shop/testkit/metrics';
import { openTestShop, type TestShop } from './support/test-shop';

let shop: TestShop;
beforeAll(async () => {
  shop = await openTestShop();
});
afterAll(() => shop.drop());

interface Ended {
  code: number | string;
  stdout: string;
  stderr: string;
}

const file = join(__dirname, '..', 'dist', 'main.js');

/** Runs a program of this workspace on the shop's databases. */
function run(
  program: string,
  args: string[] = [],
  urls: Record<string, string> = {},
  more: Record<string, string> = {},
): Promise<Ended> {
  const env = environment(urls, more);
  return new Promise((resolve) => {
    execFile(process.execPath, [file, program, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

const start = (program: string, args: string[]) =>
  spawn(process.execPath, [file, program, ...args], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** What a stream has had until now. */
function collect(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return () => text;
}

function environment(urls: Record<string, string> = {}, more: Record<string, string> = {}) {
  const databases = Object.entries({ ...shop.urls, ...urls }).map(([name, url]) => [
    `${name.toUpperCase()}_DATABASE_URL`,
    url,
  ]);
  // Tables have no colour codes, also where FORCE_COLOR is set.
  const settings = { ...programEnvironment(), FORCE_COLOR: '1', ...more };
  return { ...settings, ...Object.fromEntries(databases) } as NodeJS.ProcessEnv;
}

const unknownId = '00000000-0000-7000-8000-0000000000ff';

const deadLetter = `
  INSERT INTO dead_letters (event_id, subscriber, event, tries, failures, last_error)
  SELECT id, 'order', jsonb_build_object('id', id, 'type', 'payment.succeeded', 'time', now()), 10, 10, 'rejected'
    FROM gen_random_uuid() AS id`;

describe('npm run reconcile', () => {
  it('exits with 0 without a breach, and with 1 and the breach otherwise', async () => {
    const healthy = await run('reconcile');
    expect(healthy).toMatchObject({ code: 0, stderr: '' });
    expect(healthy.stdout).toMatch(/stock-conserved +1 +0 +0\n[^]*No breach\.\n$/);

    await shop.sql('product', 'UPDATE products SET stock = stock - 1');
    const broken = await run('reconcile');
    expect(broken.code).toBe(1);
    expect(broken.stdout).toMatch(
      /BREACH stock-conserved: .+\n {2}product .+ stock 7 \+ held 0 \+ committed 2/,
    );
    await shop.reset();
  });

  it('compares orders changed since the last run without a breach, and everything with --all', async () => {
    const scopeOf = async (args: string[]) => {
      const { code, stdout } = await run('reconcile', [...args, '--json']);
      const { since, invariants } = JSON.parse(stdout) as {
        since: string | null;
        invariants: { invariant: string; breaches: number; checked: number }[];
      };
      const broken = invariants.filter(({ breaches }) => breaches > 0).map(({ invariant }) => invariant);
      return { code, isAll: since === null, broken };
    };
    await shop.sql('order', 'DELETE FROM reconcile_watermark');
    expect(await scopeOf([])).toEqual({ code: 0, isAll: true, broken: [] });
    expect(await scopeOf([])).toEqual({ code: 0, isAll: false, broken: [] });

    // Belongs to an order that has not changed for an hour, and has no timestamp.
    await shop.sql('payment', 'UPDATE payments SET amount_cents = 1999');
    expect(await scopeOf([])).toEqual({ code: 0, isAll: false, broken: [] });
    const broken = ['order-is-paid', 'provider-agrees'];
    expect(await scopeOf(['--all'])).toEqual({ code: 1, isAll: true, broken });
    expect(await scopeOf(['--since', '2026-01-01T00:00:00Z'])).toEqual({ code: 1, isAll: false, broken });

    // A change in one service selects the order, so older records of other services are compared.
    await shop.sql('payment', `UPDATE payments SET updated_at = now() - interval '5 minutes'`);
    expect(await scopeOf([])).toEqual({ code: 1, isAll: false, broken });
    await shop.reset();
  });

  it('compares earlier breaches and undecided orders again, even if they changed long ago', async () => {
    await shop.sql(
      'order',
      `UPDATE orders SET step = 'COMMITTING', due_at = now(), moved_at = now() - interval '1 day'`,
    );
    await shop.sql(
      'order',
      `INSERT INTO reconcile_watermark (clean_until) VALUES (now()) ON CONFLICT DO NOTHING`,
    );
    for (const _time of [1, 2]) {
      const { code, stdout } = await run('reconcile');
      expect(code).toBe(1);
      expect(stdout).toContain('BREACH order-decided');
    }
    await shop.reset();
  });

  it.each([
    ['--since', 'yesterday'],
    ['--since', '2026-01-01T00:00:00Z', '--all'],
  ])('rejects %s %s %s', async (...args) => {
    expect(await run('reconcile', args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('use an RFC 3339 time') as string,
    });
  });

  it('exits with 2 and the name of each service whose database is unavailable', async () => {
    const unavailable = 'postgres://user:password@127.0.0.1:1/missing';
    const { code, stdout, stderr } = await run('reconcile', [], { order: unavailable, payment: unavailable });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^order: the database is unavailable.+\npayment: the database is unavailable/);
  });

  it('lists its options for an unknown option', async () => {
    const { code, stderr } = await run('reconcile', ['--csv']);
    expect(code).toBe(2);
    expect(stderr).toContain(
      "Unknown option '--csv'. Options: --json, --prometheus, --all, --since <value>, --provider, --heal, --serve <value>, --every <value>.",
    );
  });
});

describe('npm run reconcile -- --serve', () => {
  it('serves the result of each run, keeps it after a failed one, and ends by SIGTERM', async () => {
    const child = start('reconcile', ['--serve', '0', '--every', '1']);
    const errors = collect(child.stderr);
    const ended = once(child, 'close');
    const metrics = async () => {
      const [url = ''] = /http:\/\/\S+/.exec(errors()) ?? [];
      const response = await fetch(url);
      expect(response.status).toBe(200);
      return samplesOf(await response.text());
    };
    const soon = { timeoutMs: 60_000 };
    const readiness = async () => {
      const [url = ''] = /http:\/\/\S+/.exec(errors()) ?? [];
      return (await fetch(new URL('/readyz', url))).status;
    };
    const breaches = 'shop_invariant_breaches{invariant="stock-conserved"}';
    const time = 'shop_reconciled_timestamp_seconds';
    try {
      await eventually(async () => expect((await metrics()).get(breaches)).toBe(0), soon);
      await shop.sql('product', 'UPDATE products SET stock = stock - 1');
      await eventually(async () => expect((await metrics()).get(breaches)).toBe(1), soon);
      expect(await readiness()).toBe(200);
      await shop.sql('product', 'ALTER TABLE products RENAME TO renamed');
      await eventually(
        async () => expect(errors()).toContain('reconcile failed, retrying in 1 s: product: '),
        soon,
      );
      const failed = (await metrics()).get(time)!;
      expect(await readiness()).toBe(503);
      await shop.sql('product', 'ALTER TABLE renamed RENAME TO products');
      await eventually(async () => expect((await metrics()).get(time)).toBeGreaterThan(failed), soon);
      await eventually(async () => expect(await readiness()).toBe(200), soon);
    } finally {
      child.kill();
      expect(await ended).toEqual([0, null]);
    }
    await shop.reset();
  });

  it.each([
    [
      ['--serve', 'localhost'],
      '--serve must be a port or host:port, for example 0.0.0.0:9464, got localhost.\n',
    ],
    [['--serve', '0', '--every', '0'], '--every must be a whole number of seconds from 1, got 0.\n'],
  ])('rejects %j', async (args, stderr) => {
    expect(await run('reconcile', args)).toEqual({ code: 2, stdout: '', stderr });
  });
});

describe('npm run events', () => {
  it('lists, shows and replays a dead letter, once', async () => {
    const ofPayment = (args: string[]) => run('events', [...args, '--service', 'payment']);
    await shop.sql('payment', deadLetter);
    const listed = await run('events', ['list', '--state', 'dead', '--json']);
    const { eventId } = JSON.parse(listed.stdout) as { eventId: string };
    expect((await ofPayment(['show', eventId])).stdout).toContain('"payment.succeeded"');
    expect((await ofPayment(['replay', eventId])).stdout).toMatch(/^service +eventId.+\npayment /);
    const notFound = { code: 1, stdout: 'Nothing found.\n' };
    expect(await ofPayment(['replay', eventId])).toMatchObject(notFound);
    expect(await ofPayment(['show', unknownId])).toMatchObject(notFound);
    expect((await ofPayment(['list'])).stdout).toMatch(/payment +waiting +payment\.succeeded/);
    await shop.reset();
  });

  it('requires --all to replay all events', async () => {
    expect(await run('events', ['replay'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--all') as string,
    });
  });
});

describe('A command with invalid arguments', () => {
  it.each([
    ['refunds', 'list', '--bogus'],
    ['refunds', 'list', '--limit', '-3'],
    ['webhooks', 'list', 'extra'],
    ['webhooks', 'show', '--bogus'],
    ['events', 'list', '--limit'],
    ['payments', 'settle', '--bogus'],
    ['reconcile', '--since'],
  ])('%s %s %s %s exits with 2 and one line that lists the options', async (program, ...args) => {
    const allArgs = program === 'events' ? [...args, '--service', 'user'] : args;
    const { code, stdout, stderr } = await run(program, allArgs);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^.+ Options: .+\.\n$/);
  });

  it('keys exits with 2 and its usage', async () => {
    const { code, stdout, stderr } = await run('keys', ['list', '--bogus']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('npm run keys -- list | rotate | retire [<kid>]\n');
  });
});

describe('npm run webhooks', () => {
  it('lists, shows and replays a webhook', async () => {
    await shop.sql(
      'payment',
      `INSERT INTO webhooks (provider, id, type, body, occurred_at, due_at)
       VALUES ('simulator', 'evt_1', 'charge.succeeded', 'body', now(), now())`,
    );
    expect((await run('webhooks', ['list', '--waiting'])).stdout).toMatch(/payment +simulator +evt_1/);
    expect((await run('webhooks', ['show', 'simulator', 'evt_1'])).stdout).toContain('"body": "body"');
    for (const action of ['show', 'replay'])
      expect(await run('webhooks', [action, 'simulator', 'evt_2'])).toMatchObject({ code: 1 });
    expect((await run('webhooks', ['replay', 'simulator', 'evt_1'])).stdout).toMatch(/simulator +evt_1/);
  });
});

describe('npm run orders', () => {
  const orderId = '00000000-0000-7000-8000-00000000000b';
  const [placing, paying, refunding, cancelling] = ['a', 'b', 'c', 'e'].map((digit) => digit.repeat(32)) as [
    string,
    string,
    string,
    string,
  ];
  const link = 'https://traces.example/explore?id={traceId}&from=now-1d';
  const linkOf = (traceId: string) => link.replace('{traceId}', traceId);

  /** The shop's order with a timeline, a refund, and traces of all four. */
  async function tracedOrder(): Promise<void> {
    await shop.reset();
    await shop.sql(
      'order',
      `INSERT INTO order_events (order_id, at, status, message, trace_id)
       VALUES ('${orderId}', now(), 'PENDING', 'Order placed.', '${placing}'), ('${orderId}', now(), 'CONFIRMED', 'Paid.', NULL);
       UPDATE orders SET payment_method = 'canary', return_url = 'https://canary.example',
              traceparent = '00-${cancelling}-${'d'.repeat(16)}-01'`,
    );
    await shop.sql(
      'payment',
      `UPDATE payments SET traceparent = '00-${paying}-${'d'.repeat(16)}-01', payment_method = 'canary';
       INSERT INTO refunds (payment_id, provider_key, status, failure_code, is_definite, traceparent)
       SELECT id, 'refund:key', 'FAILED', 'declined', true, '00-${refunding}-${'d'.repeat(16)}-00' FROM payments`,
    );
  }

  it('shows an order with its lines, payments, refunds and timeline, and a link for each trace', async () => {
    await tracedOrder();
    const { code, stdout } = await run('orders', ['show', orderId], {}, { TRACE_URL_TEMPLATE: link });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^order +00000000-0000-7000-8000-00000000000b\n/);
    expect(stdout).toMatch(/\nItems\n.+\nA +Thing +2 +1,000 /);
    expect(stdout).toMatch(new RegExp(`\\nPayments\\n.+\\n.+ SUCCEEDED +2,000 +EUR +simulator .+${paying}`));
    expect(stdout).toMatch(new RegExp(`\\nRefunds\\n.+\\n.+ FAILED +declined .+${refunding}`));
    expect(stdout).toMatch(new RegExp(`\\nTimeline\\n.+\\n.+ Order placed\\. +${placing}\\n.+ Paid\\.\\n`));
    for (const traceId of [placing, paying, refunding, cancelling]) expect(stdout).toContain(linkOf(traceId));
    expect(stdout).not.toContain('canary');
  });

  it('prints JSON with --json, and no links without TRACE_URL_TEMPLATE', async () => {
    await tracedOrder();
    const { stdout } = await run('orders', ['show', orderId, '--json'], {}, { TRACE_URL_TEMPLATE: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ id: orderId, step: 'SETTLED', status: 'CONFIRMED', totalCents: 2_000 },
      items: [{ sku: 'A', quantity: 2 }],
      payments: [{ status: 'SUCCEEDED', refund: { failureCode: 'declined' }, settlement: null }],
      timeline: [
        { message: 'Order placed.', traceId: placing },
        { message: 'Paid.', traceId: null },
      ],
      traces: [placing, cancelling, paying, refunding].map((traceId) => ({ traceId })),
    });
    await shop.reset();
  });

  it('exits with 1 for an unknown order, and with 2 for invalid arguments or settings', async () => {
    expect(await run('orders', ['show', unknownId])).toMatchObject({
      code: 1,
      stderr: `order: No order has the ID ${unknownId}.\n`,
    });
    expect(await run('orders', ['show', 'no-uuid'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected one order UUID, got no-uuid') as string,
    });
    expect(await run('orders', ['list'])).toMatchObject({
      code: 2,
      stderr: 'npm run orders -- show <orderId> [--json]\n',
    });
    const settings = { TRACE_URL_TEMPLATE: 'https://traces.example/' };
    expect(await run('orders', ['show', orderId], {}, settings)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it must contain {traceId}') as string,
    });
  });
});

describe('npm run payments', () => {
  it.each([[['show', unknownId]], [['settle', unknownId, '--as', 'failed', '--reason', 'x']]])(
    '%j exits with 1 if no payment has the ID',
    async (args) => {
      expect(await run('payments', args)).toMatchObject({
        code: 1,
        stderr: `payment: No payment has the ID ${unknownId}: run \`npm run payments -- list\`.\n`,
      });
    },
  );
});

describe('npm run refunds', () => {
  const ofPayment = <Row>(text: string) =>
    withClient(shop.urls.payment, async (client) => (await client.query(text)).rows as Row[]);

  /** A failed refund of the payment in the shop. @returns the payment's id */
  async function failedRefund(): Promise<string> {
    await shop.reset();
    const [refund] = await ofPayment<{ payment_id: string }>(
      `INSERT INTO refunds (payment_id, provider_key, status, failure_code, is_definite)
       SELECT id, 'refund:key', 'FAILED', 'declined', true FROM payments RETURNING payment_id`,
    );
    return refund!.payment_id;
  }

  const storedRefund = async () =>
    (await ofPayment('SELECT status, provider_key AS key, settled_reason AS reason FROM refunds'))[0];

  it('lists a failed refund, and retries it once under the key of its next round', async () => {
    const paymentId = await failedRefund();
    expect((await run('refunds', ['list', '--failed'])).stdout).toMatch(/payment +FAILED +declined +true/);
    expect(await run('refunds', ['retry', paymentId])).toMatchObject({ code: 0 });
    expect(await storedRefund()).toEqual({ status: 'PENDING', key: 'refund:key:2', reason: null });
    expect((await run('refunds', ['list', '--failed'])).stdout).toBe('Nothing found.\n');
    const again = await run('refunds', ['retry', paymentId]);
    expect(again).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`No FAILED refund for payment ${paymentId}`) as string,
    });
  });

  it('retries the failed refunds among several payments, and names the others', async () => {
    const paymentId = await failedRefund();
    const other = '01a00000-0000-7000-8000-000000000000';
    expect(await run('refunds', ['retry', other, paymentId])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`No FAILED refund for payment ${other}:`) as string,
    });
    expect(await storedRefund()).toMatchObject({ status: 'PENDING' });
    expect(await run('refunds', ['retry', paymentId, 'no-uuid'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected one payment UUID, got no-uuid') as string,
    });
  });

  it('settles a failed refund with a reason, and publishes payment.refunded', async () => {
    const paymentId = await failedRefund();
    const reason = 'bank transfer 4711';
    const settle = ['settle', paymentId, '--as', 'succeeded', '--reason', reason];
    expect(await run('refunds', settle)).toMatchObject({ code: 0 });
    expect(await storedRefund()).toEqual({ status: 'SUCCEEDED', key: 'refund:key', reason });
    expect(await ofPayment('SELECT status FROM payments')).toEqual([{ status: 'REFUNDED' }]);
    const events = await ofPayment(
      `SELECT FROM event_deliveries WHERE event ->> 'type' = 'payment.refunded'`,
    );
    expect(events).toHaveLength(1);
    expect(await run('refunds', settle)).toMatchObject({ code: 1 });
    await shop.reset();
  });

  it('settles a refund without a definite failure only with --unconfirmed; the error names retry', async () => {
    const paymentId = await failedRefund();
    await ofPayment(`UPDATE refunds SET is_definite = false, failure_code = 'provider_no_answer'`);
    const settle = ['settle', paymentId, '--as', 'succeeded', '--reason', 'bank transfer'];
    expect(await run('refunds', settle)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/provider_no_answer.+npm run refunds -- retry .+--unconfirmed/) as string,
    });
    expect(await storedRefund()).toMatchObject({ status: 'FAILED' });
    expect(await run('refunds', [...settle, '--unconfirmed'])).toMatchObject({ code: 0 });
    expect(await storedRefund()).toMatchObject({ status: 'SUCCEEDED', reason: 'bank transfer' });
    await shop.reset();
  });

  it.each([
    [['retry', 'no-uuid'], 'Expected one payment UUID, got no-uuid'],
    [['settle', '00000000-0000-7000-8000-00000000000c', '--reason', 'x'], '--as'],
    [['settle', '00000000-0000-7000-8000-00000000000c', '--as', 'succeeded'], '--reason must'],
    [['list', '--limit', '0'], 'whole number'],
  ])('rejects %j', async (args, message) => {
    expect(await run('refunds', args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message) as string,
    });
  });
});
